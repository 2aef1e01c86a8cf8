/** Places in the document that links lead to: an element's id is the path of its row in playbook.yaml. Pure. */

/** `severities.0.thresholds.error_rate` may have no element of its own: then `severities.0`, then `severities`. Nearest first. */
export function anchorsOf(path: string): readonly string[] {
  const parts = path.split('.').filter((part) => part !== '')
  return parts.map((_, place) => parts.slice(0, parts.length - place).join('.'))
}

/** Every place a version has is addressed by its digest: rows move from one version to the next. */
export function clauseLink(
  digest: string,
  path: string,
): { readonly to: '/playbook/versions/$digest'; readonly params: { digest: string }; readonly hash: string } {
  return { to: '/playbook/versions/$digest', params: { digest }, hash: path }
}
