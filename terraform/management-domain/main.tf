# The management domain: a segment that owns the endpoint of Parameter Store for several client segments and builders.
#
# It has a security group of its own, private DNS, an interface in every zone that is given, and a policy for the paths. Private DNS acts on
# the whole VPC: every client needs a module management-client, the builders of images too.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "vpc_id" {
  description = "The VPC of all the segments. It must have DNS support and DNS host names."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets of the domain, one in every zone that clients are in. The keys are names of yours, such as the letter of the zone."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "Give the domain a subnet in every zone that clients are in."
  }
}

variable "paths" {
  description = "What may be read through the endpoint: everything below each of these paths, such as /app/production/."
  type        = list(string)

  validation {
    condition     = length(var.paths) > 0 && alltrue([for path in var.paths : can(regex("^(/[A-Za-z0-9_.-]+)+/?$", path))])
    error_message = "A path of Parameter Store is written from its first slash, such as /app/production/."
  }
}

variable "name" {
  description = "What things are called."
  type        = string
  default     = "management"
}

data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_vpc" "this" {
  id = var.vpc_id
}

data "aws_subnet" "this" {
  for_each = var.subnet_ids
  id       = each.value
}

locals {
  plain_paths = [for path in var.paths : trimsuffix(path, "/")]
  parameters  = "arn:${data.aws_partition.current.partition}:ssm:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:parameter"

  # GetParametersByPath is authorized on the path itself, GetParameter on what is below it.
  read_statement = {
    Sid      = "ReadSecrets"
    Effect   = "Allow"
    Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
    Resource = flatten([for path in local.plain_paths : ["${local.parameters}${path}", "${local.parameters}${path}/*"]])
  }
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "The endpoints of the management domain"
  vpc_id      = var.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_endpoint" "ssm" {
  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${data.aws_region.current.name}.ssm"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = values(var.subnet_ids)
  security_group_ids  = [aws_security_group.this.id]

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.read_statement, { Principal = "*" })]
  })

  tags = {
    Name = var.name
  }

  lifecycle {
    precondition {
      condition     = data.aws_vpc.this.enable_dns_support
      error_message = "The VPC does not resolve names: set enable_dns_support to true."
    }
    precondition {
      condition     = data.aws_vpc.this.enable_dns_hostnames
      error_message = "AWS refuses private DNS in a VPC without DNS host names: set enable_dns_hostnames to true."
    }
    precondition {
      condition     = length(distinct([for subnet in data.aws_subnet.this : subnet.availability_zone])) == length(var.subnet_ids)
      error_message = "An endpoint takes one subnet of a zone: two of subnet_ids are in the same one."
    }
    precondition {
      condition     = alltrue([for subnet in data.aws_subnet.this : subnet.vpc_id == var.vpc_id])
      error_message = "A subnet of subnet_ids is in another VPC."
    }
  }
}

output "vpc_endpoint_id" {
  description = "The endpoint of Parameter Store."
  value       = aws_vpc_endpoint.ssm.id
}

output "security_group_id" {
  description = "The group of the domain's endpoints."
  value       = aws_security_group.this.id
}

output "read_policy" {
  description = "The policy of a role that reads the paths, as JSON."
  value = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.read_statement]
  })
}
