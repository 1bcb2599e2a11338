export { Board, type BoardClock, gatherMs, type Viewer } from './board.js';
export { addSample, foldRollout, laneCountMax, type RolloutWords, withLatencies } from './fold-rollout.js';
export type * from './model.js';
export { type DashboardOptions, type DashboardServer, readAssets, startDashboard } from './server.js';
