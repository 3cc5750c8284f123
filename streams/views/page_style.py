"""How the page of the live views looks, in light and dark and on narrow screens."""

STYLE = """
:root {
  --back: #f6f7f9; --panel: #ffffff; --text: #1a2230; --soft: #566274; --line: #d9dee6;
  --good: #2f7d4f; --bad: #c4442e; --notice: #fff3d6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161d; --panel: #1b212b; --text: #e7ebf1; --soft: #a3afc0; --line: #333c4a;
    --good: #58b981; --bad: #ee7d68; --notice: #40361c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif;
}
main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 0; }
header p, .small { color: var(--soft); margin: .2rem 0; font-size: .87rem; }
a { color: inherit; }
section {
  background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem; margin: 1rem 0;
}
.notice { background: var(--notice); border-radius: 8px; padding: .7rem 1rem; }
.cards {
  display: grid; gap: 1rem; margin-bottom: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr));
}
.card { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
.figure { font-size: 2.2rem; font-weight: 600; line-height: 1.2; margin: .2rem 0; }
dl { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; }
dl div { white-space: nowrap; }
dt, dd { display: inline; margin: 0; }
dt { color: var(--soft); margin-right: .4rem; }
dd { font-weight: 600; }
th small { color: var(--soft); font-weight: 400; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
thead th { color: var(--soft); font-weight: 500; font-size: .82rem; vertical-align: bottom; }
tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem; max-width: 24rem; }
th:first-child { text-align: left; }
tbody tr:last-child > * { border-bottom: 0; }
td { white-space: nowrap; }
.bars {
  list-style: none; display: flex; align-items: flex-end; gap: 2px;
  height: 9rem; margin: 0; padding: 0 0 1.3rem;
}
.bars li {
  flex: 1; height: 100%; display: flex; flex-direction: column; justify-content: flex-end;
  position: relative; min-width: 0;
}
.bars span { display: block; }
.bars small {
  position: absolute; bottom: -1.3rem; width: 100%; text-align: center; color: var(--soft);
  font-size: .7rem;
}
.good { background: var(--good); }
.bad { background: var(--bad); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; }
@media (max-width: 40rem) {
  main { padding: .6rem; }
  section { padding: .8rem; }
  .cards { grid-template-columns: 1fr; }
  .bars li:nth-child(odd) small { visibility: hidden; }
}
"""
