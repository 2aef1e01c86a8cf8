/** Postgres refuses to run as root: this finds, or makes, the unprivileged user that it runs as then. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

export interface ServiceUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Users that may be there already, in the order they are taken. */
const KNOWN_USERS = ['tocsin', 'postgres']
const NEW_USER = 'tocsin'
const LAST_RESORT = 'nobody'

/** The user that this process runs as. @throws when its id has no name: Postgres needs one. */
export function ownName(): string {
  try {
    return userInfo().username
  } catch (cause) {
    throw new Error(
      `user id ${process.getuid?.() ?? '?'} has no entry in /etc/passwd, which Postgres needs: add one, or set DATABASE_URL`,
      { cause },
    )
  }
}

/**
 * Null when this process is unprivileged: Postgres runs as the same user. As root, the user it shall run as.
 * @throws when the machine has none and lets none be made.
 */
export function findServiceUser(say: (message: string) => void): ServiceUser | null {
  if (process.getuid?.() !== 0) return null
  const known = KNOWN_USERS.map(findUser).find((user) => user !== null)
  return known ?? makeUser(say) ?? takeNobody(say)
}

/** From /etc/passwd: by name, or by number. */
export function findUser(nameOrUid: string | number): ServiceUser | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    if (name !== '' && (name === nameOrUid || Number(uid) === nameOrUid)) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return null
}

function makeUser(say: (message: string) => void): ServiceUser | null {
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', NEW_USER]],
    ['adduser', ['-S', '-D', '-H', '-h', '/nonexistent', '-s', '/sbin/nologin', NEW_USER]], // BusyBox
  ]
  for (const [program, parameters] of ways) {
    spawnSync(program, parameters, { stdio: 'ignore', timeout: 10_000 })
    const made = findUser(NEW_USER)
    if (made !== null) {
      say(`made the system user ${NEW_USER} for the embedded Postgres, which must not run as root`)
      return made
    }
  }
  return null
}

function takeNobody(say: (message: string) => void): ServiceUser {
  const nobody = findUser(LAST_RESORT)
  if (nobody === null || nobody.uid === 0) {
    throw new Error(
      'the embedded Postgres must not run as root, and this machine has no other user: make one named tocsin, or set DATABASE_URL',
    )
  }
  say(
    `no user could be made for the embedded Postgres (no useradd, no adduser), so it runs as ${LAST_RESORT}; a user named tocsin is safer`,
  )
  return nobody
}
