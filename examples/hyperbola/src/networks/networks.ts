import { n1 } from './n1.js';
import { n2 } from './n2.js';
import { n3 } from './n3.js';
import { n5 } from './n5.js';
import type { Network } from './network.js';

/** The networks of 2018-11-11 by name. N4 is not one of them: it is what N3 does to the builder. */
export const networks: Readonly<Record<string, Network>> = { N1: n1, N2: n2, N3: n3, N5: n5 };
