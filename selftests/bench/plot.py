# SPDX-License-Identifier: GPL-2.0
"""Bars of instructions per packet above a drop, one of each kernel for each path, as SVG."""

COLOURS = ["#2a6f97", "#a9d6e5", "#014f86", "#89c2d9"]
LEFT, WIDTH, BAR, GAP, TOP = 260, 560, 9, 9, 56


def plot(names, figures):
    """names: (id, text) in order; figures: {kernel: {id: {"above-drop": n, ..}}}."""
    names = [n for n in names if any(n[0] in f for f in figures.values())]
    most = max((f[n]["above-drop"] for f in figures.values() for n, _ in names if n in f), default=1)
    step = len(figures) * BAR + GAP
    height = TOP + len(names) * step + 40
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 80}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        '<!-- SPDX-License-Identifier: GPL-2.0 -->',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="10" y="20" font-size="14">Instructions per packet above an ingress drop</text>',
    ]
    for i, kernel in enumerate(figures):
        out.append(f'<rect x="{LEFT + i * 110}" y="30" width="10" height="10" fill="{COLOURS[i % 4]}"/>'
                   f'<text x="{LEFT + 14 + i * 110}" y="39">Linux {kernel}</text>')
    for tick in range(0, int(most) + 1, 1000):
        x = LEFT + tick / most * WIDTH
        out.append(f'<line x1="{x:.0f}" y1="{TOP - 6}" x2="{x:.0f}" y2="{height - 30}" stroke="#ddd"/>'
                   f'<text x="{x:.0f}" y="{height - 16}" text-anchor="middle">{tick}</text>')
    for row, (name, text) in enumerate(names):
        y = TOP + row * step
        ours = ' font-weight="bold"' if name.startswith("dsr-") else ""
        if ours:
            text = "DSR, " + text
        out.append(f'<text x="{LEFT - 8}" y="{y + len(figures) * BAR / 2 + 4:.0f}" '
                   f'text-anchor="end"{ours}>{text}</text>')
        for i, figure in enumerate(figures.values()):
            if name not in figure:
                continue
            above = figure[name]["above-drop"]
            out.append(f'<rect x="{LEFT}" y="{y + i * BAR}" width="{above / most * WIDTH:.1f}" '
                       f'height="{BAR - 1}" fill="{COLOURS[i % 4]}"/>'
                       f'<text x="{LEFT + above / most * WIDTH + 4:.1f}" y="{y + i * BAR + 8}" '
                       f'font-size="9">{above:.0f}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"
