# SPDX-License-Identifier: GPL-2.0
# a mode has a pixel clock that an EDID can tell
# file: kmod/type.c
# test: model
s/> GV_EDID_CLOCK_MAX)$/> ~0U)/
