import { testWalks } from './suite-walks.ts';

testWalks('igb-msix');
