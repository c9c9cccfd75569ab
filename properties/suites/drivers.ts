/** Drivers, by the contract that each fulfils. */
import type { Components } from '../../src/model/network.ts';
import { type Bug, type Suite, suite } from '../../src/model/suite.ts';
import { INTX_BUGS, MSIX_BUGS, VETH_BUGS, VIRTIO_BUGS } from '../../models/bugs/drivers.ts';
import { driverProperties } from '../../models/drivers/claims.ts';
import type { CoreRefs } from '../../models/drivers/core.ts';
import { type Driver, driverFamily, type DriverNetwork } from '../../models/drivers/driver.ts';
import { acme } from '../../models/drivers/example.ts';
import { e1000, e1000eIntx, igbMsi, igbMsix } from '../../models/drivers/intel.ts';
import { veth } from '../../models/drivers/veth.ts';
import { virtioNet } from '../../models/drivers/virtioNet.ts';

/** The suite of `driver`: two CPUs, three frames, two buffers, `weight` frames per poll. */
function of<const C extends Components>(
  driver: Driver<C>,
  bugs: readonly Bug<DriverNetwork<C>>[],
  violates: Readonly<Record<string, string>> = {},
  weight = 2,
): Suite {
  return suite({
    id: `${driver.name}/2cpu`,
    family: driverFamily(driver),
    scenario: { packets: 3, cpus: 2, ring: 2, weight },
    walk: { packets: 8, ring: 3, cpus: 2 },
    // The references are the core's and the driver's, which a mapped type over a parameter cannot say.
    properties: ({ refs }, s) => driverProperties(refs as unknown as CoreRefs, s, driver.masked(refs as never)),
    violates,
    bugs,
  });
}

const EXAMPLE = 'models/drivers/example.ts is an example of a driver that gets it wrong: it completes and returns its weight.';

export const DRIVER_SUITES: readonly Suite[] = [
  of(igbMsix, MSIX_BUGS),
  of(igbMsi, []),
  of(e1000eIntx, INTX_BUGS),
  of(e1000, []),
  of(virtioNet, VIRTIO_BUGS),
  of(veth, VETH_BUGS),
  of(
    acme,
    [],
    {
      'a poll that returns its weight has not completed': EXAMPLE,
      'an instance is polled on one CPU at a time, and queued once': EXAMPLE,
      'no frame is stuck in the queue': EXAMPLE,
      'a frame in the queue is taken in the end': EXAMPLE,
      'a raised softirq is begun in the end': EXAMPLE,
    },
    1,
  ),
];
