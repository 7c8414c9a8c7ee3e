package loop

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// looped is a place in the loop that begins in line 5 of a program's function, ahead one in front of it.
func looped(kind string, line int, text string, change func(p *Place)) Place {
	p := Place{Kind: kind, Line: Line{"train.py", line, text}, Last: line, Whole: [2]int{line, line}, Loops: []int{5}, Function: 1}
	p.NamesHere = map[string]string{"model": "net", "optimizer": "opt"}
	if change != nil {
		change(&p)
	}
	return p
}

func outside(p Place) Place {
	p.Loops = nil
	return p
}

// Each fault is found where the program shows it, and mended in the program's own words; where several places may be it, all are told.
func TestPlacesOfFaults(t *testing.T) {
	backward, step := looped("backward", 8, "cost.backward()", nil), looped("step", 10, "opt.step()", nil)
	loop := outside(looped("loop", 5, "for i in range(9):", func(p *Place) { p.Last, p.Counted, p.Body, p.BodyText = 11, true, 6, "a, b = next(iter(rows))" }))
	loss := looped("loss", 7, "cost = F.mse_loss(net(a), b)", func(p *Place) {
		p.Statement, p.Targets, p.Name, p.Call = "cost = F.mse_loss(net(a), b)", []string{"cost = F.mse_loss(net(a), ", "b", ")"}, "mse_loss", []string{"F.mse_loss", "F.mse_loss(net(a), b)"}
	})
	clear := func(line int) Place {
		return looped("zero_grad", line, "opt.zero_grad()", func(p *Place) { p.Of, p.Whose = "opt", "optimizer" })
	}
	made := outside(looped("optimizer", 3, "opt = SGD(net.head.parameters(), lr=0.1)", func(p *Place) {
		p.Of, p.Statement, p.Given, p.Around = "opt", p.Line.Text, "net.head.parameters()", []string{"opt = SGD(", ", lr=0.1)"}
	}))
	for name, c := range map[string]struct {
		cause  Cause
		way    string
		places []Place
		lines  []int  // of the fault, and others that may be it
		change string // empty: the usual one
	}{
		"cleared between":            {GradientsCleared, "", []Place{outside(looped("call", 20, "train()", func(p *Place) { p.File, p.Function, p.Calls = "main.py", 0, 1 })), backward, step, clear(9)}, []int{9}, "# delete train.py line 9, opt.zero_grad()\n# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"cleared at each of several": {GradientsCleared, thrown, []Place{clear(6), backward, step}, []int{6}, "# delete train.py line 6, opt.zero_grad()\n# behind train.py line 10, opt.step():\nopt.zero_grad()"},
		"trained in eval":            {EvalMode, "", []Place{outside(looped("eval", 30, "net.eval()", func(p *Place) { p.Of, p.Function = "net", 29 })), outside(looped("eval", 4, "net.eval()", func(p *Place) { p.Of = "net" })), backward, step}, []int{4}, "# in place of train.py line 4, net.eval():\nnet.train()"},
		"cleared twice":              {GradientsCleared, "", []Place{clear(6), backward, step, clear(9)}, []int{9}, "# delete train.py line 9, opt.zero_grad()"},
		"step ahead of backward":     {GradientsCleared, "", []Place{looped("step", 6, "opt.step()", nil), backward}, []int{6}, "# delete train.py line 6, opt.step()\n# behind train.py line 8, cost.backward():\nopt.step()"},
		"never cleared":              {GradientsAccumulate, "", []Place{backward, step}, []int{8}, "# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"never, of several batches":  {GradientsAccumulate, addedUp, []Place{backward, step}, []int{10}, "# behind train.py line 10, opt.step():\nopt.zero_grad()"},
		"ahead, of several batches":  {GradientsAccumulate, addedUp, []Place{outside(clear(4)), backward, step}, []int{4}, "# delete train.py line 4, opt.zero_grad()\n# behind train.py line 10, opt.step():\nopt.zero_grad()"},
		"cleared ahead of the loop":  {GradientsAccumulate, "", []Place{outside(clear(4)), backward, step}, []int{4}, "# delete train.py line 4, opt.zero_grad()\n# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"those of another":           {GradientsAccumulate, "", []Place{looped("zero_grad", 6, "other.zero_grad()", func(p *Place) { p.Whose = "other" }), backward}, []int{6}, "# in place of train.py line 6, other.zero_grad():\nopt.zero_grad()"},
		"clipped":                    {GradientsChanged, "", []Place{backward, step, looped("gradients", 9, "clip(net, 1e-9)", func(p *Place) { p.Without = "clip(net, 1.0)" })}, []int{9}, "# in place of train.py line 9, clip(net, 1e-9):\nclip(net, 1.0)"},
		"clipped within the step":    {GradientsChanged, "", []Place{backward, step, looped("gradients", 10, "opt.step(clip(g)[0])", nil)}, []int{10}, ""},
		"changed twice":              {GradientsChanged, "", []Place{looped("gradients", 12, "g *= 2", nil), looped("gradients", 13, "g *= 3", nil)}, []int{12, 13}, ""},
		"weights loaded":             {WeightsOverwritten, "", []Place{backward, outside(looped("overwrite", 2, "net.load_state_dict(best)", nil)), looped("overwrite", 6, "net.load_state_dict(best)", nil)}, []int{6}, "# delete train.py line 6, net.load_state_dict(best)"},
		"another's parameters":       {WrongParameters, "missing", []Place{made}, []int{3}, "# in place of train.py line 3, opt = SGD(net.head.parameters(), lr=0.1):\nopt = SGD(net.parameters(), lr=0.1)"},
		"made before the head":       {WrongParameters, "replaced", []Place{made, outside(looped("model", 4, "net.head = Linear(3, 2)", nil))}, []int{3}, "# delete train.py line 3, opt = SGD(net.head.parameters(), lr=0.1)\n# behind train.py line 4, net.head = Linear(3, 2):\nopt = SGD(net.head.parameters(), lr=0.1)"},
		"two optimizers":             {WrongParameters, "missing", []Place{made, outside(looped("optimizer", 4, "b = SGD(net.body.parameters())", nil))}, []int{3, 4}, ""},
		"no backward":                {NoUpdate, "no backward", []Place{loss, step}, []int{10}, "# ahead of train.py line 10, opt.step():\ncost.backward()"},
		"no step":                    {NoUpdate, "no step", []Place{loss, backward}, []int{8}, "# behind train.py line 8, cost.backward():\nopt.step()"},
		"a scheduler's step":         {NoUpdate, "no step", []Place{backward, looped("schedule", 9, "plan.step()", nil)}, []int{9}, "# ahead of train.py line 9, plan.step():\nopt.step()"},
		"made anew":                  {NoUpdate, "cut", []Place{looped("cut", 8, "cost = torch.tensor(cost.item(), requires_grad=True)", func(p *Place) { p.How = "tensor" })}, []int{8}, "# delete train.py line 8, cost = torch.tensor(cost.item(), requires_grad=True)"},
		"detached in a model":        {Detached, "", []Place{{Kind: "cut", Forward: true, How: "detach", Line: Line{"net.py", 7, "return self.b(h.detach())"}, Last: 7, Without: "return self.b(h)"}}, []int{7}, "# in place of net.py line 7, return self.b(h.detach()):\nreturn self.b(h)"},
		"eval ahead of the loop":     {EvalMode, "", []Place{outside(looped("eval", 4, "net.eval()", func(p *Place) { p.Of = "net" })), backward, step}, []int{4}, "# in place of train.py line 4, net.eval():\nnet.train()"},
		"eval in the loop":           {EvalMode, "", []Place{loop, backward, step, looped("eval", 11, "net.eval()", nil)}, []int{11}, "# ahead of train.py line 6, a, b = next(iter(rows)):\nnet.train()"},
		"flat targets":               {Broadcast, "", []Place{loss, backward}, []int{7}, "# in place of train.py line 7, cost = F.mse_loss(net(a), b):\ncost = F.mse_loss(net(a), b.unsqueeze(-1))"},
		"absolute errors": {OtherLoss, "the mean absolute error", []Place{looped("loss", 7, "cost = F.l1_loss(net(a), b)", func(p *Place) {
			p.Statement, p.Name, p.Call = "cost = F.l1_loss(net(a), b)", "l1_loss", []string{"F.l1_loss", "F.l1_loss(net(a), b)"}
		})}, []int{7}, "# in place of train.py line 7, cost = F.l1_loss(net(a), b):\ncost = F.mse_loss(net(a), b)"},
		"other targets":              {MisalignedTargets, "that with the targets of the batch before", []Place{looped("loss", 7, "cost = F.mse_loss(net(a), last)", func(p *Place) { p.Own = "cost = F.mse_loss(net(a), b)" })}, []int{7}, "# in place of train.py line 7, cost = F.mse_loss(net(a), last):\ncost = F.mse_loss(net(a), b)"},
		"x in an order of its own":   {MisalignedTargets, "rows", []Place{backward, looped("order", 6, "x = x[randperm(9)]", func(p *Place) { p.Names, p.Given, p.Set = []string{"x"}, "randperm(9)", "x = x[randperm(9)]" }), looped("rows", 7, "a, b = x[:3], y[:3]", func(p *Place) { p.Pairs = map[string]string{"a": "x", "b": "y"} })}, []int{6}, "# in place of train.py line 6, x = x[randperm(9)]:\norder = randperm(9)\nx, y = x[order], y[order]"},
		"the rate is set":            {RateChanged, "", []Place{step, looped("rate", 6, `group["lr"] = 1e-9`, func(p *Place) { p.Whole[0] = 5 })}, []int{6}, `# delete train.py lines 5 to 6, group["lr"] = 1e-9 …`},
		"the first batch":            {SameBatch, "", []Place{loop, backward, looped("next", 6, "a, b = next(iter(rows))", func(p *Place) { p.Bound, p.Of = "a, b", "rows" })}, []int{6}, "# in place of train.py line 5, for i in range(9):\nfor a, b in rows:\n# delete train.py line 6, a, b = next(iter(rows))"},
		"step ahead, on one line":    {GradientsCleared, "", []Place{looped("step", 8, "opt.step()", func(p *Place) { p.Among = true }), looped("backward", 8, "cost.backward()", func(p *Place) { p.Among, p.Column = true, 12 })}, []int{8}, "# in train.py line 8, take out `opt.step()`\n# in train.py line 8, behind `cost.backward()`:\nopt.step()"},
		"cleared between, on a line": {GradientsCleared, "", []Place{looped("backward", 8, "cost.backward()", func(p *Place) { p.Among = true }), looped("zero_grad", 8, "opt.zero_grad()", func(p *Place) { p.Among, p.Column, p.Whose = true, 17, "optimizer" }), looped("step", 8, "opt.step()", func(p *Place) { p.Among, p.Column = true, 34 })}, []int{8}, "# in train.py line 8, take out `opt.zero_grad()`\n# in train.py line 8, ahead of `cost.backward()`:\nopt.zero_grad()"},
		"a clear that isn't called":  {GradientsAccumulate, "", []Place{looped("uncalled", 6, "opt.zero_grad", func(p *Place) { p.How = "zero_grad" }), backward, step}, []int{6}, "# in place of train.py line 6, opt.zero_grad:\nopt.zero_grad()"},
		"a step that isn't called":   {NoUpdate, "no step", []Place{backward, looped("uncalled", 10, "opt.step", func(p *Place) { p.How = "step" })}, []int{10}, "# in place of train.py line 10, opt.step:\nopt.step()"},
		"a scaler's step":            {NoUpdate, "no step", []Place{backward, looped("update", 9, "s.update()", func(p *Place) { p.Of = "s" })}, []int{9}, "# ahead of train.py line 9, s.update():\ns.step(opt)"},
		"a scaler's without update":  {NoUpdate, "no step", []Place{looped("backward", 8, "s.scale(cost).backward()", func(p *Place) { p.Of = "s.scale(cost)" })}, []int{8}, ""},
		"a step never come to":       {NoUpdate, "no step", []Place{backward, step}, []int{10}, ""},
		"a likelihood of raw scores": {OtherLoss, likelihoodOfScores, []Place{looped("loss", 7, "cost = F.nll_loss(net(a), b)", func(p *Place) {
			p.Statement, p.Name, p.Call = "cost = F.nll_loss(net(a), b)", "nll_loss", []string{"F.nll_loss", "F.nll_loss(net(a), b)"}
		}), backward}, []int{7}, "# in place of train.py line 7, cost = F.nll_loss(net(a), b):\ncost = F.mse_loss(net(a), b)"},
		"the optimizer goes up":       {OtherLoss, maximized, []Place{outside(Place{Kind: "optimizer", Line: Line{File: "train.py", Line: 3, Text: "opt = SGD(w, maximize=True)"}}), backward}, []int{3}, ""},
		"a sign that isn't there":     {OtherLoss, turned, []Place{loss, backward}, []int{7}, "# in place of train.py line 7, cost = F.mse_loss(net(a), b):\ncost = -(F.mse_loss(net(a), b))"},
		"a sign of something else":    {OtherLoss, turnedBehind, []Place{loss, backward}, nil, ""},
		"subtracted":                  {Broadcast, "", []Place{looped("difference", 6, "e = net(a) - b", func(p *Place) { p.Targets = []string{"e = net(a) - ", "b", ""} })}, []int{6}, "# in place of train.py line 6, e = net(a) - b:\ne = net(a) - b.unsqueeze(-1)"},
		"stretched":                   {Broadcast, acrossAxes, []Place{loss}, []int{7}, ""},
		"a rate that begins at 0":     {RateChanged, "zero", []Place{step, looped("schedule", 11, "s.step()", nil), outside(looped("scheduler", 4, "s = LambdaLR(opt, f)", nil))}, []int{4}, ""},
		"a hook":                      {GradientsChanged, byHook, []Place{backward, step, looped("gradients", 9, "clip(net, 1e-9)", nil), outside(looped("hook", 4, "w.register_hook(f)", nil))}, []int{4}, "# delete train.py line 4, w.register_hook(f)"},
		"clipped while scaled":        {GradientsChanged, stillScaled, []Place{backward, looped("step", 10, "s.step(opt)", func(p *Place) { p.Of = "s" }), looped("gradients", 9, "clip(net, 1.0)", nil)}, []int{9}, "# ahead of train.py line 9, clip(net, 1.0):\ns.unscale_(opt)"},
		"taken anew":                  {MisalignedTargets, "rows", []Place{backward, looped("taken", 6, "a = a[o]", func(p *Place) { p.Names, p.Given = []string{"a"}, "o" })}, []int{6}, "# behind train.py line 6, a = a[o]:\nb = b[o]"},
		"both taken anew":             {MisalignedTargets, "rows", []Place{backward, looped("taken", 6, "a = a[o]", func(p *Place) { p.Names = []string{"a"} }), looped("taken", 7, "b = b[o]", func(p *Place) { p.Names = []string{"b"} })}, nil, ""},
		"shuffled one by one":         {MisalignedTargets, "rows", []Place{backward, looped("shuffled", 6, "shuffle(a)", nil), looped("shuffled", 7, "shuffle(b)", nil)}, []int{7}, ""},
		"an order of a dataset's":     {MisalignedTargets, "rows", []Place{outside(looped("order", 30, "self.x = self.x[r()]", func(p *Place) { p.Names, p.Set, p.Given = []string{"self.x"}, "self.x = self.x[r()]", "r()" }))}, []int{30}, ""},
		"seeded in a function":        {SameBatch, "", []Place{loop, backward, looped("rows", 6, "a, b = get()", func(p *Place) { p.Calls = 20 }), outside(looped("seed", 21, "seed(1)", func(p *Place) { p.Function = 20 }))}, []int{21}, "# delete train.py line 21, seed(1)"},
		"a clear in a function":       {GradientsCleared, "", []Place{backward, looped("call", 9, "log(norms(net))", func(p *Place) { p.Calls = 30 }), outside(looped("zero_grad", 32, "net.zero_grad()", func(p *Place) { p.Function = 30 })), step}, []int{32}, "# delete train.py line 32, net.zero_grad()\n# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"a clear two functions down":  {GradientsCleared, "", []Place{clear(6), backward, looped("call", 9, "n = log()", func(p *Place) { p.Calls = 30 }), outside(looped("call", 32, "return norms(net)", func(p *Place) { p.Function, p.Calls = 30, 40 })), outside(looped("zero_grad", 41, "net.zero_grad()", func(p *Place) { p.Function = 40 })), step}, []int{41}, "# delete train.py line 41, net.zero_grad()"},
		"not called, in a function":   {GradientsAccumulate, "", []Place{outside(looped("uncalled", 7, "self.opt.zero_grad", func(p *Place) { p.How = "zero_grad" })), outside(backward), outside(step)}, []int{7}, "# in place of train.py line 7, self.opt.zero_grad:\nself.opt.zero_grad()"},
		"not called, ahead of it":     {GradientsAccumulate, "", []Place{outside(looped("uncalled", 4, "opt.zero_grad", func(p *Place) { p.How = "zero_grad" })), backward, step}, []int{8}, "# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"a backward not called":       {NoUpdate, "no backward", []Place{outside(looped("uncalled", 8, "loss.backward", func(p *Place) { p.How = "backward" })), outside(step)}, []int{8}, "# in place of train.py line 8, loss.backward:\nloss.backward()"},
		"a gradient not set to zero":  {GradientsAccumulate, "", []Place{looped("uncalled", 6, "p.grad.zero_", func(p *Place) { p.How = "zero_" }), backward, step}, []int{6}, "# in place of train.py line 6, p.grad.zero_:\np.grad.zero_()"},
		"a gradient only detached":    {GradientsAccumulate, "", []Place{looped("gradients", 6, "p.grad.detach_()", func(p *Place) { p.How, p.Of = "detach_", "p.grad" }), backward, step}, []int{6}, "# behind train.py line 6, p.grad.detach_():\np.grad.zero_()"},
		"cleared where it is stepped": {GradientsCleared, "", []Place{backward, outside(looped("zero_grad", 20, "o.zero_grad()", func(p *Place) { p.Function = 19 })), outside(looped("step", 21, "o.step()", func(p *Place) { p.Function = 19 }))}, []int{20}, "# delete train.py line 20, o.zero_grad()\n# behind train.py line 21, o.step():\no.zero_grad()"},
		"a layer made later":          {WrongParameters, "strangers", []Place{looped("optimizer", 3, "opt = Adam(net.parameters())", nil), step}, []int{3}, ""},
		"a closure without backward":  {NoUpdate, "no backward", []Place{loss, outside(looped("closure", 9, "return cost", func(p *Place) { p.Of, p.Function = "cost", 6 })), looped("step", 12, "opt.step(closure)", nil)}, []int{9}, "# ahead of train.py line 9, return cost:\ncost.backward()"},
		"a variable is made":          {NoUpdate, "cut", []Place{looped("cut", 7, "out = Variable(net(a).data, requires_grad=True)", func(p *Place) { p.How, p.Without = "data", "out = net(a)" })}, []int{7}, "# in place of train.py line 7, out = Variable(net(a).data, requires_grad=True):\nout = net(a)"},
		"the largest's number":        {NoUpdate, "cut", []Place{loss, looped("cut", 6, "_, p = net(a).max(1)", func(p *Place) { p.How = "argmax" })}, []int{6}, "loss = F.mse_loss(model(a), b)  # of the outputs themselves: the number of the largest has no gradient, and requires_grad gives it none"},
		"a variable of itself":        {NoUpdate, "cut", []Place{looped("cut", 8, "cost = Variable(cost, requires_grad=True)", func(p *Place) { p.How, p.Without = "Variable", "cost = cost" })}, []int{8}, "# delete train.py line 8, cost = Variable(cost, requires_grad=True)"},
		"detached in place":           {NoUpdate, "cut", []Place{looped("cut", 8, "out.detach_()", func(p *Place) { p.How, p.Without = "detach_", "out" })}, []int{8}, "# delete train.py line 8, out.detach_()"},
		"a count never reached": {NoUpdate, "no step", []Place{backward, looped("step", 12, "opt.step()", nil), looped("guard", 11, "if (i + 1) % 16 == 0:", func(p *Place) {
			p.Last, p.How, p.Loops, p.Given, p.Without = 13, "%", []int{4, 5}, "i", "if (i + 1) % 16 == 0 or i + 1 == len(rows):"
		})}, []int{11}, "# in place of train.py line 11, if (i + 1) % 16 == 0:\nif (i + 1) % 16 == 0 or i + 1 == len(rows):\n# i begins anew with each epoch, which has too few batches for this ever to be true: a step at its end as well, or steps of fewer batches"},
		"stepped beside the step": {RateChanged, "", []Place{
			outside(looped("step", 20, "self.opt.step()", func(p *Place) { p.Function = 19 })), outside(looped("schedule", 21, "self.plan.step()", func(p *Place) { p.Function, p.Of = 19, "self.plan" })),
			looped("call", 8, "self.step()", func(p *Place) { p.Calls, p.Of, p.Loops = 19, "self", []int{4, 5} }), loop,
		}, []int{21}, "# delete train.py line 21, self.plan.step()\n# behind the loop of train.py line 5, for i in range(9): …:\nself.plan.step()"},
		"stepped beside a step that is called from elsewhere": {RateChanged, "", []Place{
			outside(looped("step", 20, "opt.step()", func(p *Place) { p.Function = 19 })), outside(looped("schedule", 21, "plan.step()", func(p *Place) { p.Function, p.Of = 19, "plan" })),
		}, []int{21}, "# delete train.py line 21, plan.step()\n# plan.step() belongs behind the loop over batches, once an epoch; where its numbers are steps it may stay, and they are to be larger"},
		"a flag that stays false":    {EvalMode, "", []Place{outside(looped("flag", 20, "self.net, self.on = net, False", func(p *Place) { p.Bound, p.Without, p.Function = "self.on", "self.net, self.on = net, True", 19 })), outside(looped("flag", 22, "off = False", func(p *Place) { p.Bound = "off" })), outside(looped("eval", 4, "self.net.train(self.on)", func(p *Place) { p.Of, p.Given = "self.net", "self.on" })), backward, step}, []int{20}, "# in place of train.py line 20, self.net, self.on = net, False:\nself.net, self.on = net, True"},
		"a mode from elsewhere":      {EvalMode, "", []Place{outside(looped("eval", 4, "net.train(on)", func(p *Place) { p.Of, p.Given = "net", "on" })), backward, step}, []int{4}, ""},
		"a train that isn't called":  {EvalMode, "", []Place{outside(looped("uncalled", 4, "net.train", func(p *Place) { p.How = "train" })), backward, step, looped("eval", 12, "net.eval()", nil)}, []int{4}, "# in place of train.py line 4, net.train:\nnet.train()"},
		"one in each epoch":          {EvalMode, "", []Place{looped("uncalled", 6, "net.train", func(p *Place) { p.How = "train" }), backward, step}, []int{6}, "# in place of train.py line 6, net.train:\nnet.train()"},
		"a loss that is no number":   {NotFinite, inLoss, []Place{loss, outside(looped("loss", 2, "return log(p)", nil))}, []int{2}, ""},
		"a loss of the loop's":       {NotFinite, inLoss, []Place{loss, backward}, []int{7}, ""},
		"targets that break":         {NotFinite, inTargets, []Place{looped("rows", 6, "a, b = next(rows)", func(p *Place) { p.Names = []string{"a", "b"} }), looped("rows", 7, "b = b / b.std()", func(p *Place) { p.Names = []string{"b"} })}, []int{7}, ""},
		"a model that breaks":        {NotFinite, inModel, []Place{loss, backward}, nil, ""},
		"weights that are clipped":   {WeightsOverwritten, clipped, []Place{backward, step, looped("limit", 11, "w.clamp_(-1, 1)", nil), outside(looped("overwrite", 2, "net.load_state_dict(best)", nil))}, []int{11}, "# delete train.py line 11, w.clamp_(-1, 1)"},
		"clipped as data":            {WeightsOverwritten, clipped, []Place{backward, step, looped("overwrite", 11, "w.data = w.data.clamp(-1, 1)", func(p *Place) { p.How = "data" }), looped("overwrite", 12, "net.load_state_dict(best)", nil)}, []int{11}, "# delete train.py line 11, w.data = w.data.clamp(-1, 1)"},
		"cleared within a closure":   {GradientsCleared, "", []Place{outside(looped("backward", 8, "cost.backward()", func(p *Place) { p.Function = 6 })), outside(looped("zero_grad", 9, "opt.zero_grad()", func(p *Place) { p.Function = 6 })), looped("step", 12, "opt.step(closure)", nil)}, []int{9}, "# delete train.py line 9, opt.zero_grad()\n# ahead of train.py line 8, cost.backward():\nopt.zero_grad()"},
		"negated by itself":          {OtherLoss, turned, []Place{loss, looped("loss", 8, "cost = -cost", func(p *Place) { p.Turned = "cost = cost" })}, []int{8}, "# delete train.py line 8, cost = -cost"},
		"negated at backward":        {OtherLoss, turned, []Place{loss, looped("backward", 8, "(-cost).backward()", func(p *Place) { p.Turned = "cost.backward()" })}, []int{8}, "# in place of train.py line 8, (-cost).backward():\ncost.backward()"},
		"nothing of it in the file":  {WeightsOverwritten, "", []Place{backward, step}, nil, ""},
		"nothing in the file at all": {GradientsCleared, "", nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Recording{Source: &Source{Places: c.places, Names: map[string]string{"x": "a", "y": "b"}}, Loss: []byte(`{"class": "MSELoss"}`)}
			r.Steps = []Step{{values: map[string]dataset.Array{"y": {Shape: []int{3}, Values: make([]float32, 3)}}, BackwardLine: &Line{"train.py", 8, ""}, StepLine: &Line{"train.py", 10, ""}}}
			if i := slices.IndexFunc(c.places, func(p Place) bool { return p.Kind == "step" }); i >= 0 {
				r.Steps[0].StepLine.Line = c.places[i].Line.Line
			}
			f := found(c.cause, 1, 1, &Line{"train.py", 99, "watch(a, b, cost)"}, "").by(c.way)
			named := *f
			r.inTheirWords(&named)
			usual := named.Torch
			all := []Finding{*f}
			r.locate(all)
			lines := []int{all[0].Line.Line}
			for _, other := range all[0].Others {
				lines = append(lines, other.Line)
			}
			if c.lines == nil {
				c.lines = []int{99}
			}
			require.Equal(t, c.lines, lines)
			if c.change == "" {
				require.Equal(t, usual, all[0].Torch)
				require.Empty(t, all[0].Edits)
				return
			}
			require.Equal(t, c.change, all[0].Torch, fmt.Sprint(all[0].Edits))
		})
	}
}
