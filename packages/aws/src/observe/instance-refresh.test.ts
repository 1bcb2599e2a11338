import { expect, test } from 'vitest';
import { createScriptedClients, failWith } from '../clients/scripted-clients.fixture.js';
import { refuseInstanceRefresh } from './instance-refresh.js';

const id = '08b91cf7-8fa6-48af-b6a6-d227f40f1b9b';
const startTime = new Date('2018-11-10T22:11:00Z');

function group(...refreshes: object[]) {
  return createScriptedClients({
    'autoscaling:DescribeInstanceRefreshes': () => ({ InstanceRefreshes: refreshes }),
  }).clients;
}

test.each(['InProgress', 'Baking', 'Cancelling', 'RollbackInProgress'])(
  'a refresh that is %s is refused, with its id, how far it is and since when',
  async (status) => {
    const refresh = { InstanceRefreshId: id, Status: status, PercentageComplete: 40, StartTime: startTime };
    await expect(refuseInstanceRefresh(group(refresh), 'web')).rejects.toMatchObject({
      code: 'INSTANCE_REFRESH_ACTIVE',
      message: `web is in the instance refresh ${id} (${status}, 40%) since 2018-11-10T22:11:00.000Z.`,
      hint: 'wait for it, or: aws autoscaling cancel-instance-refresh --auto-scaling-group-name web',
    });
  },
);

test('a refresh that is still Pending has no start, and is refused without one', async () => {
  await expect(refuseInstanceRefresh(group({ InstanceRefreshId: id, Status: 'Pending' }), 'web')).rejects.toMatchObject(
    {
      code: 'INSTANCE_REFRESH_ACTIVE',
      message: `web is in the instance refresh ${id} (Pending, 0%).`,
    },
  );
});

test.each(['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'])(
  'a refresh that ended as %s refuses nothing',
  async (status) => {
    const refresh = { InstanceRefreshId: id, Status: status, PercentageComplete: 100, StartTime: startTime };
    await expect(refuseInstanceRefresh(group(refresh), 'web')).resolves.toBeUndefined();
  },
);

test('an active refresh is found beside those that have ended', async () => {
  const ended = { InstanceRefreshId: 'ended', Status: 'Cancelled', StartTime: startTime };
  const active = { InstanceRefreshId: id, Status: 'InProgress', StartTime: startTime };
  await expect(refuseInstanceRefresh(group(ended, active), 'web')).rejects.toThrow(id);
});

test('a question that AWS refuses is not taken for "no refresh"', async () => {
  const { clients } = createScriptedClients({
    'autoscaling:DescribeInstanceRefreshes': () => {
      throw failWith('AccessDenied', 'not authorized', 403);
    },
  });
  await expect(refuseInstanceRefresh(clients, 'web')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('an emulator without instance refreshes has none under way', async () => {
  const { clients } = createScriptedClients({
    'autoscaling:DescribeInstanceRefreshes': () => {
      throw failWith('InvalidAction', 'DescribeInstanceRefreshes is not emulated');
    },
  });
  await expect(refuseInstanceRefresh(clients, 'web')).resolves.toBeUndefined();
});
