import { dist, Point } from './math'
const a: Point = { x: 0, y: 0 }
console.log('distance', dist(a, { x: 3, y: 4 }))
