import { testWalks } from './suite-walks.ts';

testWalks('epoll');
