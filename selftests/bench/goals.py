# SPDX-License-Identifier: GPL-2.0
"""What DSR for Linux is measured by: each goal, its figure in one run of the bench, whether it is reached.

They were set for Linux 6.12; on others the table shows how far they hold."""


def above(name):
    """Instructions above drop of a path."""
    return lambda packet, _: packet[name]["above-drop"]


def ratio(what, of):
    """One path beside another."""
    return lambda packet, _: above(what)(packet, _) / above(of)(packet, _)


def apart(*names):
    """By how many per cent the dearest of some paths is above the cheapest."""
    def figure(packet, _):
        figures = [above(name)(packet, _) for name in names]
        return 100 * (max(figures) / min(figures) - 1)
    return figure


# Text, name in the JSON, its figure, at most or at least, what.
GOALS = [
    ("DSR / tc redirect", "dsr-to-redirect", ratio("dsr-v4", "tc-redirect"), "<=", 1.0),
    ("IPVS-DR / DSR", "ipvs-to-dsr", ratio("ipvs-dr-mh", "dsr-v4"), ">=", 2.8),
    ("nft jhash, fwd / DSR", "nft-to-dsr", ratio("nft-jhash-fwd", "dsr-v4"), ">=", 1.5),
    ("nftlb's rules / DSR", "nftlb-to-dsr", ratio("nftlb-dsr", "dsr-v4"), ">=", 1.5),
    ("10,000 services beside 1, per cent", "services-apart",
     apart("dsr-v4", "dsr-v4-services-10000"), "<=", 5),
    ("1,000 reals beside 3, per cent", "reals-apart", apart("dsr-v4", "dsr-v4-reals-1000"), "<=", 5),
    ("1,000,000 flows beside 1, per cent", "flows-apart",
     apart("dsr-v4-flows-1", "dsr-v4-flows-1000000"), "<=", 5),
    ("A packet that is not for us pays", "pass-paid",
     lambda packet, _: packet["pass-other-address"]["paid"], "<=", 60),
    ("The same path twice, per cent", "repeatable", apart("dsr-v4", "dsr-v4-again"), "<=", 1),
    ("Load 10,000 services / nft -f", "load-to-nft",
     lambda _, control: control["dsr-load-services"] / control["nft-load-10000"], "<=", 1.0),
]


def goals(packet, control):
    """{name: (text, figure, bound as text, reached)} of each goal whose figures are there."""
    found = {}
    for text, name, figure, way, bound in GOALS:
        try:
            is_now = figure(packet, control)
        except KeyError:
            continue    # a path that was not asked for
        found[name] = (text, is_now, f"{way} {bound}",
                       is_now <= bound if way == "<=" else is_now >= bound)
    return found
