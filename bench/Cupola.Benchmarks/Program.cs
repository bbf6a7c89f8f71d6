#pragma warning disable
using System.Diagnostics;
using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Text;

var text = new TextConfig(49408,77,512,8,12,2048,Activation.QuickGelu,1e-5f);
var cp = new Checkpoint();
{ var b = new GraphBuilder(); var ids = b.Input("input_ids", ElementType.Int64, ["batch","seq"]); var (s,e)=TextTransformer.DescribePadded(b, text, 512, ids); b.Output("text_embeds", e);
 var g=b.Build(); foreach (var q in g.Parameters) cp.Parameters[q.Name] = StoredTensor.Random([..q.Shape.Resolve(new Dictionary<string,long>())]); }
var parameters = new ModelParameters(cp);
var engine = new Engine(new(Threads:2));
GraphBuilder pb = new(); var pids = pb.Input("input_ids", ElementType.Int64, ["batch","seq"]); pb.Output("text_embeds", TextTransformer.DescribePadded(pb,text,512,pids).Embeddings); var pg = pb.Build();
var padded = engine.Compile(pg, parameters.For(pg));
var tower = new TextTransformer(engine, text, 512, parameters);
int Id(string w) => (int)((uint)w.Aggregate(17,(a,c)=>a*31+c) % 49000);
int[] Tok(string s) => [49406, ..System.Text.RegularExpressions.Regex.Matches(s.ToLower(), @"\p{L}{1,7}|\d|[^\s\p{L}\d]+").Select(m=>Id(m.Value)), 49407];
var templates = JsonSerializer.Deserialize<string[]>(File.ReadAllText("/work/shared/data/imagenet/imagenet_templates.json"));
var names = JsonSerializer.Deserialize<string[]>(File.ReadAllText("/work/shared/data/imagenet/imagenet_classes.json")).Take(100);
var a1 = names.SelectMany(n=>templates.Select(t=>Tok(t.Replace("{}",n)))).ToList();
var cupl = JsonSerializer.Deserialize<Dictionary<string,string[]>>(File.ReadAllText("/work/shared/data/cupl/imagenet_prompts_base.json")).Values.SelectMany(v=>v).Take(2000).Select(Tok).ToList();
double T(Action a){ var s=Stopwatch.GetTimestamp(); a(); return Stopwatch.GetElapsedTime(s).TotalSeconds; }
foreach (var (n,set) in new[]{("templates",a1),("cupl",cupl)}) {
  var trees = PromptTree.Pack(set,1024,true,out _);
  Console.WriteLine($"{n}: {set.Count} prompts, tokens {set.Sum(s=>s.Length)} padded {set.Count*77} nodes {trees.Sum(t=>t.Ids.Length)} keys {trees.Sum(t=>t.Keys.Length)} trees {trees.Count}");
  tower.Encode(set.Take(200).ToList());
  for (int r=0;r<2;r++){
  var t1 = T(()=>tower.Encode(set)); Console.WriteLine($"packed {set.Count/t1:F1}/s");
  var t2 = T(()=>tower.Encode(set.Take(400).ToList(), false, null, default)); Console.WriteLine($"unshared {400/t2:F1}/s");
  foreach (int bs in new[]{16}) {
  int m=64; using var pi = Tensor.Allocate(ElementType.Int64, bs,77); pi.AsSpan<long>().Fill(5); pi.AsSpan<long>()[9]=49407; using var o=Tensor.Allocate(ElementType.Float32,bs,512);
  padded.Run(RunWidth.Wide,[pi],[o]);
  var t3 = T(()=>{ for(int i=0;i<m/bs;i++) padded.Run(RunWidth.Wide,[pi],[o]); }); Console.WriteLine($"padded b{bs} {m/t3:F1}/s ratio {set.Count/t1/(m/t3):F2} unshared {400/t2/(m/t3):F2}");
  t3 = T(()=>Parallel.For(0,m/bs,new ParallelOptions{MaxDegreeOfParallelism=2},i=>{ using var o2=Tensor.Allocate(ElementType.Float32,bs,512); padded.Run(RunWidth.Narrow,[pi],[o2]); })); Console.WriteLine($"   padded 2x narrow b{bs} {m/t3:F1}/s");
  } }
}
