package cell

import "testing"

// BenchmarkRewrite is what a cell waits for its rewriting, once its packages are known.
func BenchmarkRewrite(b *testing.B) {
	s := newSession(b)
	const code = "net := nn.Sequential{nn.Dense{Units: 3}}\nmodel, err := fit.Compile(net, optim.Adam(0.1), loss.MSE{}, fit.Options{})\nnotebook.Check(err)\nmodel"
	s.Rewrite(code)
	for b.Loop() {
		s.Rewrite(code)
	}
}
