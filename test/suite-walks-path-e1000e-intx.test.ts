import { testWalks } from './suite-walks.ts';

testWalks('path-e1000e-intx');
