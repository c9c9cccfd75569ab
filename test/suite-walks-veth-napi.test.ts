import { testWalks } from './suite-walks.ts';

testWalks('veth-napi');
