import { testWalks } from './suite-walks.ts';

testWalks('e1000');
