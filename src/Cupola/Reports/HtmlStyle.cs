namespace Cupola.Reports;

/// <summary>
/// The style of pages, in light and dark mode. It contains no "&gt;" or "&amp;", which XML would encode.
/// </summary>
internal static class HtmlStyle
{
    public const string Text = """

        :root {
          color-scheme: light dark;
          --paper: #fcfbf9; --raised: #ffffff; --ink: #22262b; --quiet: #666d76; --line: #e4e1da; --faint: #f1efe9;
          --right: #2b6f8a; --right-soft: #b9d6e0; --wrong: #b4532a; --wrong-soft: #efd0bf; --bar: #2b6f8a;
            --bar-wrong: #b4532a; --bar-control: #7b828b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #17191c; --raised: #1f2226; --ink: #e6e4df; --quiet: #9aa1aa; --line: #343941; --faint: #24282d;
            --right: #6db5d1; --right-soft: #2d5263; --wrong: #e08d62; --wrong-soft: #5c3826; --bar: #3f86a1;
              --bar-wrong: #b26440; --bar-control: #636a74;
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
        th, td { padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); }
        td { vertical-align: top; unicode-bidi: isolate; overflow-wrap: break-word; }
        th.number, td.number { text-align: right; white-space: nowrap; }
        .number + :not(.number) { padding-left: .9rem; }
        th:last-child, td:last-child { padding-right: 0; }
        td.plot, th.plot { width: 22%; min-width: 9rem; }
        td.plot .bars { height: 1.5rem; }
        .below { display: block; font-size: .8rem; }
        svg { display: block; width: 100%; overflow: visible; }
        svg text { font-size: 11px; fill: var(--quiet); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem; margin-top: 2rem; }
        .tile { display: flex; flex-direction: column; padding: 1rem 1.2rem 1.1rem; background: var(--raised);
          border: 1px solid var(--line); border-radius: .7rem; font-size: .9rem; line-height: 1.4; }
        .tile .figure { font-size: 2.1rem; line-height: 1.25; font-weight: 620; letter-spacing: -.02em; color: var(--right); }
        .barchart { margin: 1.75rem 0 0; }
        .barchart .row { display: grid; grid-template-columns: minmax(9rem, 19rem) 1fr 9.5rem; gap: 0 1rem;
          align-items: center; min-height: 2rem; }
        .barchart .label { display: flex; gap: .55rem; align-items: center; min-width: 0; line-height: 1.25; }
        .barchart .figure { display: flex; gap: .6rem; align-items: baseline; white-space: nowrap; }
        .barchart .figure .quiet { font-size: .8rem; }
        .disc { flex: none; display: inline-block; min-width: 1.45rem; height: 1.45rem; padding: 0 .3rem;
          border-radius: .75rem; background: var(--right); color: var(--paper); font-size: .8rem; line-height: 1.45rem;
            text-align: center; }
        .disc.control { background: var(--quiet); }
        .bars { height: 2rem; }
        .versus { white-space: nowrap; }
        .bar { fill: var(--bar); }
        .control .bar { fill: var(--bar-control); }
        .confused .bar { fill: var(--bar-wrong); }
        .grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
        .axis, .zero { stroke: var(--quiet); stroke-width: 1; vector-effect: non-scaling-stroke; }
        .whisker { stroke: var(--ink); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
        .mark { stroke: var(--right); stroke-width: 5; stroke-linecap: round; vector-effect: non-scaling-stroke; }
        .scale { position: relative; height: 1.2rem; font-size: .75rem; color: var(--quiet); }
        .scale span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17.5rem, 100%), 1fr)); gap: 2rem 2rem; }
        .panels.wide { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); }
        .panel { margin: 0; }
        .panel figcaption { display: flex; gap: .55rem; align-items: center; margin-bottom: .6rem; line-height: 1.25;
          font-size: .9rem; }
        .panel figcaption .quiet { margin-left: auto; white-space: nowrap; }
        .diagonal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 3; fill: none; }
        .curve { stroke: var(--right); stroke-width: 2; fill: none; stroke-linejoin: round; }
        .curve.second { stroke: var(--wrong); }
        .faded { stroke: var(--right); stroke-opacity: .35; stroke-width: 1; fill: none; stroke-linejoin: round; }
        .band { fill: var(--right-soft); fill-opacity: .6; }
        .spread { stroke: var(--right-soft); stroke-width: 2; }
        .point { fill: var(--right); stroke: var(--paper); stroke-width: 1; }
        .point.second { fill: var(--wrong); }
        .count { fill: var(--faint); stroke: var(--line); stroke-width: .5; }
        .control .curve { stroke: var(--quiet); }
        .control .point { fill: var(--quiet); }
        .control .spread { stroke: var(--line); }
        .map { max-width: 46rem; }
        .agree { fill: var(--right); background: var(--right); }
        .confuse { fill: var(--wrong); background: var(--wrong); }
        .map .cell { fill: var(--faint); }
        .map text { fill: var(--ink); font-size: 10.5px; }
        p.legend { margin-top: .75rem; }
        .legend { color: var(--quiet); }
        .legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin: 0 .35rem 0 .9rem;
          vertical-align: -.05rem; }
        .legend i:first-child { margin-left: 0; }
        .methods { max-width: 46rem; }
        .methods dt { font-weight: 600; }
        .methods dd { margin: 0 0 .7rem; color: var(--quiet); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: 1.25rem; }
        .card { background: var(--raised); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden;
          display: flex; flex-direction: column; }
        .card img, .card .missing { width: 100%; height: 10rem; object-fit: contain; background: var(--faint); display: block; }
        .card .missing { display: flex; align-items: center; justify-content: center; padding: 1rem; color: var(--quiet);
          font-size: .85rem; }
        .examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .75rem; }
        .examples figure { margin: 0; font-size: .8rem; }
        .examples img, .examples .missing { width: 100%; height: 6rem; object-fit: contain; background: var(--faint); }
        .card .says { padding: .75rem .9rem .9rem; }
        .card .truth { margin: 0 0 .6rem; }
        hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0; }
        .answers { display: grid; grid-template-columns: 1fr auto; gap: .1rem .6rem; font-size: .85rem; margin: 0; }
        .answers dt { unicode-bidi: isolate; }
        .answers dd { margin: 0; text-align: right; }
        .answers .share { grid-column: 1 / -1; height: .3rem; border-radius: .15rem; background: var(--faint);
          margin-bottom: .25rem; }
        .answers .share i { display: block; height: 100%; border-radius: .15rem; background: var(--wrong); }
        .answers .share.true i { background: var(--right); }
        .path { margin: .6rem 0 0; color: var(--quiet); font-size: .75rem; unicode-bidi: isolate; }
        .answer { display: grid; grid-template-columns: minmax(12rem, 22rem) minmax(14rem, 1fr); gap: 1.75rem;
          align-items: center; margin-bottom: 1.5rem; }
        .answer .card img { height: auto; max-height: 20rem; }
        .answer .answers { font-size: 1rem; }
        .answer .answers .share { height: .5rem; margin-bottom: .6rem; }
        .arguments { margin-top: 1.5rem; }
        .maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 1.25rem;
          margin-bottom: 1rem; }
        .maps img { display: block; width: 100%; max-height: 26rem; object-fit: contain; border-radius: .4rem;
          background: var(--faint); }
        .ends { display: flex; gap: .6rem; align-items: center; margin-top: .5rem; font-size: .75rem; color: var(--quiet); }
        .ends i { flex: 1; height: .5rem; border-radius: .25rem; }
        .scale-heat { background: linear-gradient(to right, #8b8b8b, #781c6d, #a52c60, #cf4446, #ed6925, #fb9b06, #f7d13d,
          #fcffa4); }
        .scale-difference { background: linear-gradient(to right, #e06a2c, #8b8b8b, #1f8fc4); }
        @media (max-width: 40rem) {
          body { padding: 1.75rem 1rem 3rem; }
          h1 { font-size: 1.6rem; }
          .answer { grid-template-columns: 1fr; }
          .tiles { grid-template-columns: 1fr 1fr; gap: .75rem; }
          .tile { padding: .8rem .9rem; }
          .tile .figure { font-size: 1.6rem; }
          .barchart .row { grid-template-columns: 1fr auto; margin-bottom: .35rem; }
          .barchart .row svg, .barchart .row .scale { grid-row: 2; grid-column: 1 / -1; }
          .barchart .bars { height: 1.4rem; }
          .barchart .label { font-size: .9rem; }
          table:has(.words) thead { display: none; }
          tr:has(.words) { display: grid; grid-template-columns: auto 1fr auto auto; padding: .5rem 0;
            border-bottom: 1px solid var(--line); }
          tr:has(.words) td { width: auto; min-width: 0; padding: .15rem .9rem .15rem 0; border: 0; }
          tr:has(.words) td:has(.words) { grid-area: 2 / 1 / auto / -1; }
          tr:has(.words) td:last-child { padding-right: 0; }
          tr:has(.words) td:last-child::before { content: "p "; color: var(--quiet); }
          .barchart .figure { flex-direction: column; align-items: flex-end; gap: 0; line-height: 1.2; }
        }
        details { margin-top: .75rem; }
        summary { cursor: pointer; color: var(--right); margin-bottom: .5rem; }
        footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .85rem; }
        @media print { body { max-width: none; padding: 0; } .card, tr { break-inside: avoid; } }

        """;
}
