import { testWalks } from './suite-walks.ts';

testWalks('busy-poll');
