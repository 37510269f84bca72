# SPDX-License-Identifier: GPL-2.0
"""What the kernel's YNL library makes of the family, for ynl.sh.

usage: ynl_client.py YNL_DIR SPEC GPU
"""

import errno
import sys
import time

sys.path.insert(0, sys.argv[1])
from lib import NlError, YnlFamily  # noqa: E402

GPU = sys.argv[3]
PATIENCE = 30


def check(good, what):
    """Say what is looked at, and end if it is not so."""
    print(("is: " if good else "is not: ") + what)
    if not good:
        sys.exit(1)


def refusal(ynl, op, attrs):
    """The refusal of a request that must be refused."""
    try:
        ynl.do(op, attrs)
    except NlError as refused:
        return refused
    sys.exit(f"{op} {attrs} was not refused")


def reads(ynl):
    """Names of enums and flags come from the spec."""
    info = ynl.do("info-get", {})
    check({"mdev", "sim"} <= set(info["capabilities"]), "capabilities")
    gpus = [g for g in ynl.dump("gpu-get", {}) if g["address"] == GPU]
    check(len(gpus) == 1, "the GPU in the dump")
    check(gpus[0]["mdev-reason"] == "none", "an enum by its name")
    check("mdev" in gpus[0]["methods"], "a flag by its name")
    check(gpus[0] == ynl.do("gpu-get", {"address": GPU}), "get as the dump")
    ended = ynl.dump("operation-get", {})
    check(any(o["subject"] == GPU and o["state"] == "done" and
              o["kind"] == "sim-new" for o in ended if "subject" in o),
          "the operation that made the GPU")


def changes(ynl, events):
    """A type comes, is seen and is heard of."""
    events.check_ntf()
    events.async_msg_queue.clear()
    ynl.do("type-new", {"gpu": GPU, "name": "ynl", "framebuffer": 8 << 20,
                        "series": "Q"})
    made = ynl.do("type-get", {"gpu": GPU, "name": "ynl"})
    check(made["available"] == 8 and made["series"] == "Q", "the new type")
    check(ynl.dump("vgpu-get", {}) == [], "no vGPUs")
    ynl.do("type-del", {"gpu": GPU, "name": "ynl"})
    heard = notifications(events, 2)
    check([n["name"] for n in heard] == ["type-create-ntf", "type-delete-ntf"],
          "the events' names")
    check(heard[1]["msg"]["seq"] == heard[0]["msg"]["seq"] + 1,
          "the events' numbers")
    check(heard[0]["msg"]["name"] == "ynl", "the events' type")


def notifications(ynl, number):
    """Wait for that many."""
    heard = []
    end = time.monotonic() + PATIENCE
    while len(heard) < number and time.monotonic() < end:
        ynl.check_ntf()
        heard += ynl.async_msg_queue
        ynl.async_msg_queue.clear()
        time.sleep(0.1)
    return heard


def refusals(ynl):
    """The sentence, and the attribute to blame by its name."""
    said = refusal(ynl, "type-new",
                   {"gpu": GPU, "name": "bad", "framebuffer": 1})
    check(said.error == errno.EINVAL, "the errno")
    check("framebuffer is 1 bytes" in said.nl_msg.extack["msg"],
          "the sentence")
    check(said.nl_msg.extack["bad-attr"] == ".framebuffer",
          "the attribute to blame")
    said = refusal(ynl, "type-new", {"gpu": GPU, "framebuffer": 8 << 20})
    check("name of the vGPU type is missing" in said.nl_msg.extack["msg"],
          "the sentence on what is missing")
    check("miss-type" in str(said.nl_msg.extack), "what is missing")


def main():
    # Its command line has looked at the schema.
    ynl = YnlFamily(sys.argv[2], "")
    # One that listens takes events for answers: it needs a socket of its own.
    events = YnlFamily(sys.argv[2], "")
    events.ntf_subscribe("config")
    reads(ynl)
    refusals(ynl)
    changes(ynl, events)
    started = ynl.do("sim-del", {"gpu": GPU})
    check(started["operation"] > 1, "the id of an operation")


main()
