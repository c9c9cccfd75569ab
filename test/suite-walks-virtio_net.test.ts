import { testWalks } from './suite-walks.ts';

testWalks('virtio_net');
