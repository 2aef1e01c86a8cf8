import { expect, test } from 'vitest'
import { readPasted, readWhySearch } from './search.ts'

test('what is pasted is known by its form', () => {
  expect(readPasted(' INC-42 ')).toEqual({ incident: '42' })
  expect(readPasted('#7')).toEqual({ incident: '7' })
  expect(readPasted('https://tocsin.example.org/incidents/12')).toEqual({ incident: '12' })
  expect(readPasted('5501-3')).toEqual({ signal: '5501-3' })
  expect(readPasted('01A20D07-CCE8-72A0-9D3D-69B301D07913')).toEqual({ alert: '01a20d07-cce8-72a0-9d3d-69b301d07913' })
  expect(readPasted('nonsense')).toBeNull()
})

test('numbers of an address are words again, and the rest is left out', () => {
  expect(readWhySearch({ incident: 7, person: 'me', other: 1, signal: '' })).toEqual({ incident: '7', person: 'me' })
})
