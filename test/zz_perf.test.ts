import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppHarness, turnOf } from '/work/wt/meter/test/support/appHarness';
const files = (d: string): string[] => readdirSync(d,{recursive:true,withFileTypes:true}).filter(e=>e.isFile()).map(e=>join(e.parentPath,e.name));
describe('by hand', function () { this.timeout(300_000);
 it('recordings', async () => {
  const h = await AppHarness.open();
  for (const root of ['/work/shared/fixtures/capture','/work/shared/fixtures/assistants']) for (const f of files(root)) { if (statSync(f).size>20e6) continue; try { await h.call('importTranscripts',{paths:[f]}); } catch {} }
  const s = await h.call('captureStatus', {});
  for (const a of s.assistants) console.log(a.assistant, a.state, a.turns, JSON.stringify(a.whole), JSON.stringify(a.reasons), a.versions.map(v=>v.version).join(), JSON.stringify(a.unknown.map(u=>u.kind+':'+u.count)), 'fail', a.failed_readings, JSON.stringify(a.blind));
  await h.close();
 });
 it('speed', async () => {
  const h = await AppHarness.open();
  const body = 'x'.repeat(6000);
  const turns = Array.from({length: 3000}, (_, i) => turnOf(undefined, {turn_key: 'k'+i, response: body+i, tools: Array.from({length: 12}, (_, n) => ({id:'c'+n, name:'Read', ok:true, output: body.slice(0,800)}))}));
  for (let i=0;i<turns.length;i+=200) await h.app.call('capture',{turns: turns.slice(i,i+200)}, h.context(''));
  for (let i=0;i<3;i++) { const t=performance.now(); const s=await h.call('captureStatus',{}); console.log('status ms', Math.round(performance.now()-t), s.assistants[0]?.turns); }
  await h.close();
 });
});
