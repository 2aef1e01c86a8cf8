/**
 * The frame of every page rendered here: one style sheet, no script, both themes by the reader's setting. Values are
 * those of the look's tokens; contrast is 7:1 for text and 4.5:1 for muted text.
 */
import type { FastifyReply } from 'fastify'
import { pagePolicy } from '../security-headers.ts'
import { Html, html } from './html.ts'

const STYLE = `:root{color-scheme:light dark;--bg:#f7f7f8;--surface:#fff;--line:#e4e4e8;--strong:#cfcfd6;--text:#18181b;--muted:#5d5d68;--accent:#3b4fd8;--on:#fff;--ok:#16794a;--oks:#e3f5ea;--warn:#8a5300;--warns:#fdf0d8;--late:#b3201f;--s1:#c4231f;--s2:#b4540a;--s3:#7d6008;--s4:#4a5568;--st:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#0f1013;--surface:#16171b;--line:#26272e;--strong:#383a44;--text:#f1f1f4;--muted:#a6a7b3;--accent:#8794ff;--on:#0f1013;--ok:#56d393;--oks:#12291e;--warn:#f2b350;--warns:#2d2210;--late:#ff7b74;--s1:#ff6059;--s2:#ff9a4d;--s3:#e8c84c;--s4:#9aa5b8;--st:#0f1013}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column}
main,form,.bar{width:100%;max-width:560px;margin-inline:auto}
main{padding:20px;flex:1}
.chip{display:inline-block;font-weight:680;font-size:14px;padding:3px 10px;border-radius:6px;background:var(--s4);color:var(--st)}
.r0{background:var(--s1)}.r1{background:var(--s2)}.r2{background:var(--s3)}
.num{color:var(--muted);font-size:14px;margin-left:8px}
h1{font-size:24px;line-height:1.25;margin:12px 0 6px;letter-spacing:-.015em;overflow-wrap:anywhere;text-wrap:pretty}
p{margin:0 0 14px;overflow-wrap:anywhere}
.sub,.note{color:var(--muted)}
.sum{white-space:pre-line}
.note{font-size:14px}
.box{display:flex;justify-content:space-between;align-items:baseline;gap:12px;border:1px solid var(--line);border-radius:10px;padding:12px 14px;margin:16px 0;background:var(--surface);font-weight:620;overflow-wrap:anywhere}
.box .left{text-align:right;flex:none}
.box small{display:block;font-weight:400;font-size:14px}
.soon{background:var(--warns);color:var(--warn)}
.good{background:var(--oks);color:var(--ok)}
.bad{color:var(--late)}
h2{font-size:14px;color:var(--muted);font-weight:560;margin:20px 0 6px}
.first{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:12px 14px;margin:0;white-space:pre-line}
ul{list-style:none;margin:0;padding:0}
li{display:flex;justify-content:space-between;gap:16px;padding:9px 0;border-top:1px solid var(--line)}
li b{font-weight:400}
li>*{min-width:0;overflow-wrap:anywhere}
li span{color:var(--muted);text-align:right}
form,.bar{padding:12px 20px calc(16px + env(safe-area-inset-bottom));border-top:1px solid var(--line);background:var(--surface);position:sticky;bottom:0;display:grid;gap:10px}
button,a.go{font:inherit;font-weight:600;text-align:center;text-decoration:none;border-radius:12px;padding:14px 16px;min-height:52px;border:1px solid var(--strong);background:none;color:var(--text);cursor:pointer;width:100%}
button.main,a.go{background:var(--accent);border-color:var(--accent);color:var(--on);font-size:18px;padding:18px;display:block}
a{color:var(--accent)}
form.ask{position:static;padding:0;border:0;background:none}
.ask label{display:block;font-weight:560;margin-bottom:4px}
.ask p{margin:0}
.ask input,.ask textarea,.ask select{font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--strong);border-radius:10px;padding:12px;width:100%;min-height:48px}
.ask span.bad,.ask span.note{display:block}
.ask .trap{position:absolute;left:-9999px;height:1px;overflow:hidden}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
@media(min-width:600px){form,.bar{border-radius:14px;border:1px solid var(--line);bottom:20px;margin-bottom:20px}main{padding-top:40px}}`

const POLICY = pagePolicy(STYLE)

export interface PageParts {
  readonly title: string
  readonly body: Html
  /** The buttons, kept at the bottom of the screen under the thumb. */
  readonly form?: Html
}

/** The whole document. Pages are not indexed, not cached, and not unfurled: a chat's preview sees no more than the title. */
export function layout({ title, body, form }: PageParts): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><main>${body}</main>${form}</body></html>`.text
}

export function sendPage(reply: FastifyReply, status: number, parts: PageParts): FastifyReply {
  return reply.code(status).header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(layout(parts))
}
