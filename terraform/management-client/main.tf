# A client of the management domain: the rule out of its security group, and the one into the domain's.
#
# One module for each client, and not a map of them: a plan lists what an expression refers to and not which key has which, so that a reader
# of the plan, such as directrix preflight, could not tell the clients apart.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "domain_security_group_id" {
  description = "The group of the domain: security_group_id of the module management-domain."
  type        = string
}

variable "security_group_id" {
  description = "The security group of the client. Never the domain's own."
  type        = string
}

resource "aws_vpc_security_group_egress_rule" "this" {
  security_group_id            = var.security_group_id
  referenced_security_group_id = var.domain_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "to the management domain"
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id            = var.domain_security_group_id
  referenced_security_group_id = var.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "from a client"

  lifecycle {
    precondition {
      condition     = var.security_group_id != var.domain_security_group_id
      error_message = "The client has the domain's own security group: having the same group lets nobody in. Give the client a group of its own."
    }
  }
}
