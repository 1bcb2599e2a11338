import type {
  DescribeVpcEndpointServicesRequest,
  DescribeVpcEndpointServicesResult,
  ServiceDetail,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { serviceDetails } from '../endpoint-services.js';
import { checkFilters, type FilterFields, passesFilters } from '../filters.js';
import { pageOf } from '../paging.js';

const fields: FilterFields<ServiceDetail> = {
  owner: (s) => s.Owner,
  'service-name': (s) => s.ServiceName,
  'service-type': (s) => s.ServiceType?.map((one) => one.ServiceType),
  'service-region': (s) => s.ServiceRegion,
};

export function describeVpcEndpointServices(
  input: DescribeVpcEndpointServicesRequest,
  context: OperationContext,
): DescribeVpcEndpointServicesResult {
  checkFilters(input.Filters, fields);
  const all = serviceDetails(context.state.region);
  for (const name of input.ServiceNames ?? []) {
    if (all.some((service) => service.ServiceName === name)) continue;
    throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`);
  }
  const found = all
    .filter((service) => !input.ServiceNames?.length || input.ServiceNames.includes(service.ServiceName ?? ''))
    .filter((service) => passesFilters(service, [], input.Filters, fields));
  const page = pageOf(found, input, { least: 1, most: 1000 });
  const names = [...new Set(page.items.map((service) => service.ServiceName ?? ''))];
  return { ServiceNames: names, ServiceDetails: [...page.items], NextToken: page.nextToken };
}
