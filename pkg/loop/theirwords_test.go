package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The usual change has the program's names where the program has others; words of the comments, parts of longer names, and what isn't known
// stay as they are.
func TestInTheirWords(t *testing.T) {
	r := &Recording{Framework: torchFramework, Source: &Source{
		Names:  map[string]string{"optimizer": "self.opt", "model": "net"},
		Places: []Place{looped("schedule", 9, "sched.step()", func(p *Place) { p.Of = "sched" })},
	}}
	for _, c := range []struct {
		cause     Cause
		way, want string
	}{
		{RateChanged, "", "sched.step()  # once an epoch where its numbers are epochs; or give T_max, step_size, total_steps in steps"},
		{GradientsCleared, "", "self.opt.zero_grad()\nloss.backward()\nself.opt.step()  # nothing that clears between these two"},
		{EvalMode, "", "net.train()  # ahead of the steps, and again behind each validation"},
		{WrongParameters, "", "make the optimizer behind the last change of the model, over all that shall learn:\nself.opt = torch.optim.Adam(net.parameters(), lr=…)\n# what shall stay as it is: for p in net.backbone.parameters(): p.requires_grad_(False)"},
		{GradientsChanged, neverDivided, "scaler.scale(loss).backward()\nscaler.step(self.opt)  # divides the gradients, and calls self.opt.step() itself\nscaler.update()"},
	} {
		f := found(c.cause, 1, 1, nil, "").by(c.way)
		r.inTheirWords(f)
		require.Equal(t, c.want, f.Torch)
	}
	r.Source.Names["x"], r.Source.Names["y"] = "images", "batch[1]"
	r.Source.Places = append(r.Source.Places, looped("backward", 8, "l.backward()", func(p *Place) { p.Of = "l" }), looped("loss", 7, "l = crit(net(images), batch[1])", func(p *Place) {
		p.Targets, p.Call = []string{"l = crit(net(images), ", "batch[1]", ")"}, []string{"crit", "crit(net(images), batch[1])"}
	}))
	for cause, want := range map[Cause]string{
		GradientsAccumulate: "self.opt.zero_grad()  # once before each backward()\nl.backward()\nself.opt.step()",
		NoUpdate:            "l = crit(net(images), y)  # no .item(), .detach(), argmax or NumPy on the way\nself.opt.zero_grad()\nl.backward()\nself.opt.step()",
		MisalignedTargets:   "order = torch.randperm(len(x))\nx, y = x[order], y[order]  # one order for both",
	} {
		f := found(cause, 1, 1, nil, "")
		r.inTheirWords(f)
		require.Equal(t, want, f.Torch)
	}
	r.Source.Places = append(r.Source.Places, looped("schedule", 12, "warm.step()", func(p *Place) { p.Of = "warm" }))
	f := found(RateChanged, 1, 1, nil, "")
	r.inTheirWords(f)
	require.Contains(t, f.Torch, "scheduler.step()", "which of two isn't known")
}
