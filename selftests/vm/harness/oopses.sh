#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
echo "KTAP version 1"
echo "1..1"
echo c >/proc/sysrq-trigger
