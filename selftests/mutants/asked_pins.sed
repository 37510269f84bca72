# SPDX-License-Identifier: GPL-2.0
# who asks whether a GPU is simulated keeps no module
# file: kmod/factory.c
# test: operation_race
/^bool gv_factory_knows/,/^}/{
s/^\tbool known;/\tconst struct gv_factory_ops *ops = gv_factory_get();\n&/
/mutex_/d
s/gv_factory && gv_factory->/ops \&\& ops->/
s/^\treturn known;/\tif (ops)\n\t\tmodule_put(ops->owner);\n&/
}
