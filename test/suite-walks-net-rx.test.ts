import { testWalks } from './suite-walks.ts';

testWalks('net-rx');
