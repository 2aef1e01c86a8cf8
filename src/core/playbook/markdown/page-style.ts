/** The look of the rendered page, in the tokens of web/styles/tokens.css; light, dark, on a phone, and on paper. */

const LIGHT =
  '--bg:#f7f7f8;--surface:#fff;--line:#e4e4e8;--strong:#cfcfd6;--text:#18181b;--muted:#5d5d68;--accent:#3b4fd8;--soft:#eceefc;--s1:#c4231f;--s2:#b4540a;--s3:#7d6008;--s4:#4a5568'
const DARK =
  '--bg:#0f1013;--surface:#16171b;--line:#26272e;--strong:#383a44;--text:#f1f1f4;--muted:#a6a7b3;--accent:#8794ff;--soft:#20233d;--s1:#ff6059;--s2:#ff9a4d;--s3:#e8c84c;--s4:#9aa5b8'

export const PAGE_STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:24px}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.6 "Inter Variable",Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
article{max-width:940px;margin:40px auto;padding:56px 64px 64px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
header{padding-bottom:28px;border-bottom:2px solid var(--text)}
header .id{margin:0 0 10px;font-size:13px;font-weight:600;letter-spacing:.02em;color:var(--muted)}
h1{font-size:34px;line-height:1.15;letter-spacing:-.022em;font-weight:700;margin:0;text-wrap:balance}
header dl{display:flex;flex-wrap:wrap;gap:12px 40px;margin:22px 0 0}
header dt{font-size:12px;color:var(--muted)}
header dd{margin:2px 0 0;font-weight:550}
.lead{margin-top:28px}
nav{margin:28px 0 8px;font-size:14px}
nav h2{font-size:12px;font-weight:550;color:var(--muted);margin:0 0 8px;display:block;letter-spacing:0}
nav ol{list-style:none;margin:0;padding:0;columns:2;column-gap:40px}
nav li{break-inside:avoid;margin:0}
nav a{display:flex;gap:12px;padding:3px 0;color:inherit;text-decoration:none}
nav a:hover{color:var(--accent)}
nav .n{width:18px;flex:none}
.n{color:var(--muted);font-variant-numeric:tabular-nums}
section{margin-top:44px}
h2{display:flex;gap:12px;font-size:21px;line-height:1.3;letter-spacing:-.014em;font-weight:660;margin:0 0 14px;text-wrap:balance}
h2 .n{flex:none;min-width:18px;font-weight:450}
h3{font-size:16px;font-weight:640;margin:26px 0 8px}
h4,h5,h6{font-size:15px;font-weight:640;margin:20px 0 6px}
p,ul,ol,blockquote,pre,table{margin:0 0 14px}
ul,ol{padding-left:24px}
li{margin:0 0 6px}
li::marker{color:var(--muted)}
a{color:var(--accent);text-underline-offset:2px;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
strong{font-weight:640}
code{font:.88em/1.5 ui-monospace,"JetBrains Mono","DejaVu Sans Mono",monospace;background:var(--bg);border:1px solid var(--line);border-radius:5px;padding:1px 5px;overflow-wrap:anywhere}
pre{background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:14px 16px;overflow-x:auto}
pre code{background:none;border:0;padding:0;white-space:pre-wrap}
blockquote{border-left:3px solid var(--strong);padding:2px 0 2px 18px;color:var(--muted)}
blockquote strong{color:var(--text)}
blockquote>:last-child{margin-bottom:0}
hr{border:0;border-top:1px solid var(--line);margin:24px 0}
table{width:100%;border-collapse:collapse;font-size:14px;line-height:1.5}
th{font-size:12.5px;font-weight:550;color:var(--muted);text-align:left;vertical-align:bottom;border-bottom:1px solid var(--strong);padding:6px 16px 7px 0}
td{vertical-align:top;border-bottom:1px solid var(--line);padding:9px 16px 9px 0}
th:last-child,td:last-child{padding-right:0}
td:first-child{font-weight:550}
[data-section=severities] td:first-child,[data-section=severities] td:nth-child(4){white-space:nowrap}
[data-section=incident_types] td:nth-child(2){white-space:nowrap}
[data-section=severities] tbody tr td:first-child::before{content:"";display:inline-block;width:9px;height:9px;border-radius:2.5px;margin-right:9px;background:var(--s4)}
[data-section=severities] tbody tr:nth-child(1) td:first-child::before{background:var(--s1)}
[data-section=severities] tbody tr:nth-child(2) td:first-child::before{background:var(--s2)}
[data-section=severities] tbody tr:nth-child(3) td:first-child::before{background:var(--s3)}
footer{margin-top:52px;padding-top:14px;border-top:1px solid var(--line);font-size:12.5px;color:var(--muted)}
@media(max-width:720px){article{margin:0;border:0;border-radius:0;padding:28px 20px 40px}h1{font-size:27px}nav ol{columns:1}
section>table,section>table tbody,section>table tr,section>table td{display:block;padding-right:0}
section>table thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
section>table tr{border-bottom:1px solid var(--line);padding:12px 0}
section>table tr:first-child{border-top:1px solid var(--strong)}
section>table td{border:0;padding:2px 0;font-size:15px}
section>table td:has(>span:empty){display:none!important}
section>table td{white-space:normal!important}
section>table td:not(:first-child){display:grid;grid-template-columns:118px 1fr;gap:12px}
section>table td:not(:first-child)::before{content:attr(data-label);color:var(--muted);font-size:13px;line-height:22px}
section>table td:first-child{font-size:16px;font-weight:620;padding-bottom:6px}}
@media print{@page{margin:18mm 16mm 20mm}body{background:none;font-size:10pt;line-height:1.5}article{max-width:none;margin:0;padding:0;border:0;background:none}
h1{font-size:22pt}h2{font-size:14pt}table{font-size:9pt}section{margin-top:24pt}
h1,h2,h3,h4,th{break-after:avoid}tr,li,blockquote,pre{break-inside:avoid}thead{display:table-header-group}a{color:inherit;text-decoration:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}`
