# An Auto Scaling group that Directrix can deploy to: its instances are replaced and never changed.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "name" {
  description = "The name of the group: directrix deploy --group NAME."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "A name of letters, digits, - and _."
  }
}

variable "vpc_id" {
  description = "The VPC that the instances are in."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets of the instances."
  type        = list(string)
}

variable "security_group_ids" {
  description = "The security groups of the instances."
  type        = list(string)
}

variable "image_id" {
  description = "The image of the first release. directrix deploy replaces it with every further one."
  type        = string
}

variable "instance_type" {
  description = "The type of the instances."
  type        = string
}

variable "instance_profile_arn" {
  description = "The instance profile, whose role may read the secrets."
  type        = string
}

variable "min_size" {
  description = "The least number of instances, which is what the group starts with."
  type        = number
  default     = 2
}

variable "max_size" {
  description = "The most, with the new ones of a rollout. Default: twice min_size, and one more."
  type        = number
  default     = null
}

variable "port" {
  description = "The port that the application serves on."
  type        = number
  default     = 80
}

variable "health_path" {
  description = "The page that names the release's version."
  type        = string
  default     = "/healthz"
}

variable "health_port" {
  description = "The port of that page."
  type        = string
  default     = "traffic-port"
}

variable "start_timeout" {
  description = "Seconds that an instance may take to its first healthy check."
  type        = number
  default     = 300

  validation {
    condition     = var.start_timeout >= 25
    error_message = "Booting and one health check take 25 seconds at least."
  }
}

variable "deregistration_delay" {
  description = "Seconds that requests in flight may take when an instance leaves."
  type        = number
  default     = 30

  validation {
    condition     = var.deregistration_delay > 0
    error_message = "A delay of 0 cuts requests in flight: say what your longest request takes."
  }
}

locals {
  max_size = coalesce(var.max_size, 2 * var.min_size + 1)
}

resource "aws_launch_template" "this" {
  name                   = var.name
  image_id               = var.image_id
  instance_type          = var.instance_type
  vpc_security_group_ids = var.security_group_ids

  iam_instance_profile {
    arn = var.instance_profile_arn
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  # A rollout makes a version with the image of its release. What is changed here goes on from that image.
  lifecycle {
    ignore_changes = [image_id, description]
  }
}

resource "aws_lb_target_group" "this" {
  name                 = var.name
  vpc_id               = var.vpc_id
  protocol             = "HTTP"
  port                 = var.port
  deregistration_delay = var.deregistration_delay

  health_check {
    path                = var.health_path
    port                = var.health_port
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
    matcher             = "200"
  }
}

resource "aws_autoscaling_group" "this" {
  name                      = var.name
  min_size                  = var.min_size
  max_size                  = local.max_size
  vpc_zone_identifier       = var.subnet_ids
  target_group_arns         = [aws_lb_target_group.this.arn]
  health_check_type         = "ELB"
  health_check_grace_period = var.start_timeout

  # A rollout gives $Latest back at its end, and the size is the group's own.
  launch_template {
    id      = aws_launch_template.this.id
    version = "$Latest"
  }

  tag {
    key                 = "Name"
    value               = var.name
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity]

    precondition {
      condition     = local.max_size > var.min_size
      error_message = "max_size leaves no room for a new instance beside the old ones: leave it out, or raise it above min_size."
    }
  }
}

output "autoscaling_group_name" {
  description = "What directrix deploy --group takes."
  value       = aws_autoscaling_group.this.name
}

output "target_group_arn" {
  description = "What a listener forwards to."
  value       = aws_lb_target_group.this.arn
}

output "directrix_yaml" {
  description = "The settings of Directrix, as directrix.yaml."
  value = yamlencode({
    groups = { (var.name) = { healthPath = var.health_path } }
  })
}
