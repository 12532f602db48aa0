const React = { createElement: (t: any, p: any, ...c: any[]) => ({ t: typeof t === 'function' ? t.name : t, p, c }), Fragment: 'frag' };
function Comp<T>(p: { a?: T; children?: any }) { return null; } const NS = { Inner: Comp, 'x': 1 }; const spread = { s: 1 };
const show = (v: any) => console.log(JSON.stringify(v));
show(<div className="a" data-x='b&amp;c &#65;&#x42;' on={() => 1} {...spread} flag>text {1 + 1} &lt;b&gt; {'s'}
   next line
   <b/>{/* comment */}{...[1, 2]}</div>);
show(<><Comp<number> a={1}/><NS.Inner a="x">{[1].map(x => <i key={x}>{x}</i>)}</NS.Inner></>);
show(<a-b c-d="e" x:y="z" />); const gen = <T,>(x: T) => <p>{x}</p>; const gen2 = <T extends object>(x: T) => x; show(gen(5)); show(<div>{}</div>); show(<div
  a="multi
line" b={<i/>}>  </div>); const cond = true ? <a/> : <b/>; show(cond); const lt = 1 < 2; show(<div>{lt ? <u>{`t${1}`}</u> : null} "quotes" 'single' {'}'}</div>);
show(<div>&nbsp;&copy;&unknown; é 😀</div>);
function f(this: any) { return <this.Comp a={1}/>; } show(f.call({ Comp }));
