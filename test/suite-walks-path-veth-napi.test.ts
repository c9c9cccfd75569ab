import { testWalks } from './suite-walks.ts';

testWalks('path-veth-napi');
