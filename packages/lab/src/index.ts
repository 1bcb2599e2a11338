export type { Clock, Timer } from './clock.js';
export { AwsError } from './control-plane/aws-error.js';
export type { Fault, Faults } from './control-plane/faults.js';
export type { NotEmulatedCount } from './control-plane/not-emulated.js';
export { createLabState, DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from './control-plane/state.js';
export { DEFAULT_TIMING } from './control-plane/timing.js';
export type * from './control-plane/types.js';
export type * from './data-plane.js';
export { type Endpoint, type EndpointOptions, startEndpoint } from './endpoint/endpoint.js';
export { createLab, type Lab, type LabOptions } from './lab.js';
export { LabError, type LabErrorCode } from './lab-error.js';
export type { GroupStatus, InstanceStatus, LabInventory, ListenerStatus, TargetStatus } from './lab-status.js';
export type { AccessLog, AccessLogEntry } from './load-balancer/access-log.js';
export { createLoadBalancer, type LoadBalancerOptions, type LoadBalancerProxy } from './load-balancer/load-balancer.js';
export type { LoadBalancerMetrics, MetricsSnapshot, TargetGroupMetrics } from './load-balancer/metrics.js';
export type { Location, TargetLocator } from './load-balancer/target-locator.js';
export { readMachineImage, UnbootableImageError } from './machines/process/image.js';
export { endRecordedProcesses, type ProcessRecord, readProcessStartTime } from './machines/process/process-record.js';
export { type MachineBehaviour, simulatedImageLocation } from './machines/simulated/machine-behaviour.js';
export {
  createSimulatedDataPlane,
  type SimulatedDataPlane,
  type SimulatedDataPlaneOptions,
} from './machines/simulated/simulated-data-plane.js';
export type { SimulatedRequest, SimulatedResponse } from './machines/simulated/simulated-load-balancer.js';
export type { Traffic, TrafficOptions, TrafficReport } from './machines/simulated/traffic.js';
export { createProcessDataPlane, type ProcessDataPlane, type ProcessDataPlaneOptions } from './process-data-plane.js';
export {
  type LabEnvironment,
  type ProcessLab,
  type ProcessLabOptions,
  type ProcessLabStatus,
  startProcessLab,
} from './process-lab.js';
export { createScaledClock, type ScaledClockOptions } from './scaled-clock.js';
export { createVirtualClock, type VirtualClock, type VirtualClockOptions } from './virtual-clock.js';
