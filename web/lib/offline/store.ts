/** The browser's own small database: what waits to be sent, and the pocket copy. Used by pages and by the service worker. */

const NAME = 'tocsin-offline'
const VERSION = 1
export type StoreName = 'outgoing' | 'pocket'

/** @throws where the browser keeps nothing, such as in some private windows */
function open(): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>()
  const request = indexedDB.open(NAME, VERSION)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore('outgoing')
    request.result.createObjectStore('pocket')
  })
  request.addEventListener('success', () => resolve(request.result))
  request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')))
  request.addEventListener('blocked', () => reject(new Error('another window holds the old database')))
  return promise
}

async function within<T>(store: StoreName, mode: IDBTransactionMode, work: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const transaction = database.transaction(store, mode)
    const request = work(transaction.objectStore(store))
    transaction.addEventListener('complete', () => resolve(request.result))
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the browser did not keep it')))
    return await promise
  } finally {
    database.close()
  }
}

export function getKept(store: StoreName, key: string): Promise<unknown> {
  return within<unknown>(store, 'readonly', (objects) => objects.get(key) as IDBRequest<unknown>)
}

export function listKept(store: StoreName): Promise<readonly unknown[]> {
  return within<unknown[]>(store, 'readonly', (objects) => objects.getAll() as IDBRequest<unknown[]>)
}

export async function keep(store: StoreName, key: string, value: unknown): Promise<void> {
  await within(store, 'readwrite', (objects) => objects.put(value, key))
}

export async function drop(store: StoreName, key: string): Promise<void> {
  await within(store, 'readwrite', (objects) => objects.delete(key))
}

export async function dropAll(store: StoreName): Promise<void> {
  await within(store, 'readwrite', (objects) => objects.clear())
}
