namespace Cupola.Explanation;

/// <summary>
/// How pages look, in light and in dark. There is no "&gt;" or "&amp;" in it, which a page written as XML would encode.
/// </summary>
internal static class HtmlStyle
{
    public const string Text =
        """

        :root {
          color-scheme: light dark;
          --paper: #fcfbf9; --raised: #ffffff; --ink: #22262b; --quiet: #666d76; --line: #e4e1da; --faint: #f1efe9;
          --right: #2b6f8a; --right-soft: #b9d6e0; --wrong: #b4532a; --wrong-soft: #efd0bf; --map: 43, 111, 138;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #17191c; --raised: #1f2226; --ink: #e6e4df; --quiet: #9aa1aa; --line: #343941; --faint: #24282d;
            --right: #6db5d1; --right-soft: #2d5263; --wrong: #e08d62; --wrong-soft: #5c3826; --map: 109, 181, 209;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 3rem 1.5rem 4rem; max-width: 68rem; background: var(--paper); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        h1 { margin: 0 0 .25rem; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; }
        h2 { margin: 3.25rem 0 .25rem; font-size: 1.3rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
        h3 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 600; unicode-bidi: isolate; }
        p { margin: 0 0 1rem; max-width: 46rem; }
        .lead { color: var(--quiet); margin-bottom: 1.25rem; }
        .quiet { color: var(--quiet); }
        .small { font-size: .85rem; }
        .right { color: var(--right); }
        .wrong { color: var(--wrong); }
        b { font-weight: 620; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; font-weight: 500; font-size: .85rem; color: var(--quiet); vertical-align: bottom; }
        th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); }
        td { vertical-align: top; unicode-bidi: isolate; }
        th.number, td.number { text-align: right; white-space: nowrap; }
        th:last-child, td:last-child { padding-right: 0; }
        td.plot, th.plot { width: 34%; min-width: 12rem; }
        svg { display: block; width: 100%; overflow: visible; }
        svg text { font-size: 11px; fill: var(--quiet); }
        .bars { height: 1.6rem; }
        .bars .first { fill: var(--right); }
        .bars .second { fill: var(--right-soft); }
        .grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
        .whisker { stroke: var(--ink); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .control .first { fill: var(--quiet); }
        .control .second { fill: var(--line); }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 2rem 1.75rem; }
        .diagonal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 3; fill: none; }
        .frame { stroke: var(--line); fill: none; }
        .curve { stroke: var(--right); stroke-width: 2; fill: none; stroke-linejoin: round; }
        .point { fill: var(--right); stroke: var(--paper); stroke-width: 1; }
        .count { fill: var(--right-soft); }
        .map { max-width: 54rem; }
        .map .agree { fill: rgb(var(--map)); }
        .map .confuse { fill: var(--wrong); }
        .map .cell { fill: var(--faint); }
        .map text { fill: var(--ink); font-size: 10px; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: 1.25rem; }
        .card { background: var(--raised); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; display: flex; flex-direction: column; }
        .card img, .card .missing { width: 100%; height: 10rem; object-fit: contain; background: var(--faint); display: block; }
        .card .missing { display: flex; align-items: center; justify-content: center; padding: 1rem; color: var(--quiet); font-size: .85rem; }
        .card .says { padding: .75rem .9rem .9rem; }
        .card .truth { margin: 0 0 .6rem; }
        .answers { display: grid; grid-template-columns: 1fr auto; gap: .1rem .6rem; font-size: .85rem; margin: 0; }
        .answers dt { unicode-bidi: isolate; }
        .answers dd { margin: 0; text-align: right; }
        .answers .share { grid-column: 1 / -1; height: .3rem; border-radius: .15rem; background: var(--faint); margin-bottom: .25rem; }
        .answers .share i { display: block; height: 100%; border-radius: .15rem; background: var(--wrong); }
        .answers .share.true i { background: var(--right); }
        .path { margin: .6rem 0 0; color: var(--quiet); font-size: .75rem; unicode-bidi: isolate; }
        .answer { display: grid; grid-template-columns: minmax(12rem, 22rem) minmax(14rem, 1fr); gap: 1.75rem; align-items: center; margin-bottom: 1.5rem; }
        .answer .card img { height: auto; max-height: 20rem; }
        .answer .answers { font-size: 1rem; }
        .answer .answers .share { height: .5rem; margin-bottom: .6rem; }
        .arguments { margin-top: 1.5rem; }
        @media (max-width: 40rem) { .answer { grid-template-columns: 1fr; } }
        details { margin-top: .75rem; }
        summary { cursor: pointer; color: var(--right); margin-bottom: .5rem; }
        footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .85rem; }
        @media print { body { max-width: none; padding: 0; } .card, tr { break-inside: avoid; } }

        """;
}
