package cell

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatFunctionsChangeIsToldOnce(t *testing.T) {
	const grown = "var net nn.Sequential\nfunc grow() { net = append(net, nn.Dense{Units: 1}) }\n"
	const told = `notebook.Anew("net", 1, "`
	assert.Contains(t, play(t, newSession(t), grown+"grow()", "len(net)").Code, told)
	assert.Contains(t, play(t, newSession(t), grown+"grow()", "grow()").Code, told, "the function uses it, too")
	assert.NotContains(t, play(t, newSession(t), grown+"grow()\nlen(net)").Code, "Anew(", "it is there in this cell")
	assert.NotContains(t, play(t, newSession(t), grown+"grow()", "len(net)", "len(net)").Code, "Anew(", "once is enough")
	assert.NotContains(t, play(t, newSession(t), grown, "len(net)").Code, "Anew(", "nothing has called it")
	assert.NotContains(t, play(t, newSession(t), grown+"grow()", "var net nn.Sequential\nlen(net)").Code, "Anew(", "it is declared anew")
	assert.NotContains(t, play(t, newSession(t), "var n int\nfunc inc() { n++ }\ninc()", "n").Code, "Anew(", "it is carried")
	assert.NotContains(t, play(t, newSession(t), "var mu sync.Mutex\nfunc f() { mu.Lock(); mu.Unlock() }\nf()", "f()").Code, "Anew(", "a lock is free again")
	assert.Contains(t, play(t, newSession(t), "type s struct{ n int }\nfunc (x *s) next() int { x.n++; return x.n }\nvar one s\none.next()", "one.next()").Code, `notebook.Anew("one", 1, "`)
}
