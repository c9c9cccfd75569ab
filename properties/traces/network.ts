/** The composed network that a trace asks for: igb and netif_rx() in one, other drivers by their contract. */
import { UsageError } from '../../src/model/error.ts';
import type { Network, Value } from '../../src/model/network.ts';
import { scenarioOf, scenarioText } from '../../src/model/scenario.ts';
import { e1000 } from '../../models/drivers/intel.ts';
import { driverPath, driverPathOn } from '../../models/drivers/path.ts';
import { veth } from '../../models/drivers/veth.ts';
import { receivePath, receivePathOn } from '../../models/networks/receive-path.ts';
import type { Path } from './book.ts';
import type { Bounds } from './bounds.ts';
import type { Survey } from './survey.ts';

export interface Composed {
  readonly network: Network;
  readonly n: Path;
  /** Its bounds, in words. */
  readonly scenario: string;
}

/** `asked`: bounds that the user sets. Throws a UsageError where they name other parties than those of the trace. */
export function composedFor(survey: Survey, bounds: Bounds, asked: Readonly<Record<string, Value>> = {}): Composed {
  refuseOtherParties(asked, survey);
  switch (survey.device) {
    case 'igb':
    case 'veth': {
      const scenario = scenarioOf(receivePath, { ...bounds.scenario, device: survey.device, ...asked });
      const network = receivePathOn(scenario, bounds.placement);
      return { network: told(network, survey), n: network.refs, scenario: scenarioText(scenario) };
    }
    case 'e1000':
    case 'veth-napi': {
      const family = survey.device === 'e1000' ? driverPath(e1000) : driverPath(veth);
      const given = Object.entries(bounds.scenario).filter(([key]) => Object.hasOwn(family.keys, key));
      const scenario = scenarioOf(family, { ...Object.fromEntries(given), ...asked });
      const network =
        survey.device === 'e1000' ? driverPathOn(e1000, scenario, bounds.placement) : driverPathOn(veth, scenario, bounds.placement);
      // Its poll routines and its stack are those that lines of such a device are mapped to.
      return { network: told(network, survey), n: network.refs as unknown as Path, scenario: scenarioText(scenario) };
    }
  }
}

/** What each packet is is told as it arrives, where a line shows it later: many may wait until then. */
function told(network: Network, { kinds }: Survey): Network {
  const arrivals = new Set(network.instances().flatMap(({ name, params }) => (params['kind'] === undefined ? [] : [name])));
  return [...arrivals].reduce<Network>(
    (known, name) => known.replaceStep(name, (spec, _, { pkt, kind }) => ((kinds[Number(pkt)] ?? kind) === kind ? spec : undefined)),
    network,
  );
}

/** CPUs, readers and the device are those of the trace. */
function refuseOtherParties(asked: Readonly<Record<string, Value>>, { cpus, readers, device }: Survey): void {
  const own = { cpus: Math.max(cpus.length, 1), readers: Math.max(readers.length, 1), device };
  for (const key of ['cpus', 'readers', 'device'] as const) {
    if (asked[key] === undefined || String(asked[key]) === String(own[key])) continue;
    throw new UsageError(`scenario key '${key}' is ${asked[key]}, the trace has ${own[key]}; leave it out`);
  }
}
