import { testWalks } from './suite-walks.ts';

testWalks('receive');
