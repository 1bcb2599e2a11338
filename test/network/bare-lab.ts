// bare-lab: a lab on the virtual clock whose machines do nothing. What is asked of it is its network only.
import { type AwsClients, createAwsClients } from '@directrix/aws';
import { type ControlPlanePort, createLab, createVirtualClock, type Lab, type VirtualClock } from '@directrix/lab';

interface BareLab {
  readonly clock: VirtualClock;
  readonly lab: Lab;
  readonly clients: AwsClients;
  readonly controlPlane: ControlPlanePort;
}

export function openBareLab(): BareLab {
  const clock = createVirtualClock({ startAt: '2018-11-11T08:04:00Z' });
  let controlPlane: ControlPlanePort | undefined;
  const lab = createLab({
    clock,
    dataPlane: {
      attach: (port) => {
        controlPlane = port;
      },
      perform: () => undefined,
      close: async () => undefined,
    },
  });
  const clients = createAwsClients({
    version: '0.0.0',
    region: 'us-west-2',
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    maxAttempts: 1,
    requestHandler: lab.requestHandler,
  });
  return { clock, lab, clients, controlPlane: controlPlane! };
}
