package optim

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// TorchCode is an optimizer in PyTorch: the lines for four places of a training, given "import torch" and the model in a
// variable of that name. See [Optimizer.TorchCode].
type TorchCode struct {
	Before []string // ahead of the loop: they make optimizer, and scheduler where the rate changes
	Start  []string // of each batch, ahead of everything: they set the gradients to zero
	Update []string // of each batch, behind loss.backward()
	Epoch  []string // behind the batches of each epoch
	After  []string // behind the training
	Math   bool     // the lines take "import math"
	Counts bool     // the lines take a variable step that begins at 0; they count it on themselves
}

// TorchCode is Python that makes the same steps in PyTorch, in the simplest case
//
//	optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
//	optimizer.zero_grad()
//	optimizer.step()
//
// Where PyTorch's optimizer of that name computes something else, as its RMSprop does, the lines define one that computes
// what Keras does. What remains different: Adam, AdamW and Adamax add an ε of up to 1e-6 at another place, which shows in
// gradients of about its size alone, and [ClipByNorm] and [ClipByGlobalNorm] take 1e-6 more than the norm. ClipByNorm goes by
// PyTorch's parameters; a GRU's bias is two of them.
//
// Errors: rules, schedules and transformations that can't be written, by their names; groups of weights, for which it takes
// [Optimizer.TorchCodeIn].
func (o Optimizer) TorchCode() (TorchCode, error) { return o.TorchCodeIn(TorchPlace{}) }

// TorchCodeIn is [Optimizer.TorchCode] where more is known of the training.
func (o Optimizer) TorchCodeIn(at TorchPlace) (TorchCode, error) {
	var c TorchCode
	w, ok := o.Rule.(torchWriter)
	if !ok {
		return c, fmt.Errorf("%T: PyTorch has no such optimizer", o.Rule)
	}
	rule, err := w.torch()
	if err != nil {
		return c, err
	}
	rate, err := c.rate(o, &rule, at.EpochSteps)
	if err != nil {
		return c, err
	}
	transforms := o.Transforms
	if len(o.Groups) > 0 {
		if rule, err = o.torchGroups(rule, at); err != nil {
			return c, err
		}
	} else {
		var arguments []string
		transforms, arguments = torchArguments(o, rule)
		rule.arguments = append(slices.Clone(rule.arguments), arguments...)
	}
	update, finite, err := torchTransforms(transforms)
	if err != nil {
		return c, err
	}
	if rule.line != "" {
		c.Counts = true
		update = append(update, strings.ReplaceAll(rule.line, "{t}", o.torchMove("(step + 1)")))
	}
	if rule.scaled {
		update = append(update, torchEach("p.grad *= rate(step)")...)
	}
	if rule.decay == nil && o.WeightDecay != 0 && rule.groups == "" {
		update = append(update, torchWithout(torchEach(fmt.Sprintf("p *= 1 - %s * %s", rate, codec.PythonFloat(o.WeightDecay))))...)
	}
	update = append(update, "optimizer.step()")
	update = append(update, c.average(o)...)
	if finite >= 0 {
		if rule.line != "" || o.EMAOverwrite > 0 || o.Accumulate > 1 {
			return c, fmt.Errorf("%T beside what counts the updates isn't written in PyTorch", SkipNonFinite{})
		}
		update = slices.Concat(update[:finite], []string{"if finite:"}, torchIndented(update[finite:]))
	}
	c.collect(o, update)
	if o.Schedule != nil && !rule.scaled && c.Epoch == nil {
		c.Update = append(c.Update, "scheduler.step()")
	}
	if c.Counts {
		c.Update = append(c.Update, "step += 1")
	}
	c.Before = slices.Concat(rule.before, strings.Split("optimizer = "+o.torchCall(rule), "\n"), c.Before)
	return c, nil
}

// torchRule is what a rule is in PyTorch.
type torchRule struct {
	class     string
	arguments []string
	before    []string                                   // defines the class
	decay     func(r torchRule, decay float64) torchRule // the same with decoupled weight decay; nil: it has none
	line      string                                     // ahead of optimizer.step(), {t} being the number of the update from 1; empty: none
	velocity  bool                                       // remembers gradients without the rate, where Keras does with it
	scaled    bool                                       // takes gradients that are multiplied by the rate
	unit      bool                                       // has a rate of its own, that a scheduler multiplies
	rate      float64                                    // which that is
	without   []string                                   // which of weight_decay, added to gradients, and maximize the class doesn't take
	groups    string                                     // the parameters, group by group; empty: all of the model's
}

// torchWriter is implemented by rules that can be written in PyTorch.
type torchWriter interface{ torch() (torchRule, error) }

func (o Optimizer) torchCall(r torchRule) string {
	if r.decay != nil && o.WeightDecay != 0 {
		r = r.decay(r, o.WeightDecay)
	}
	rate := codec.PythonFloat(o.LearningRate)
	if r.unit {
		rate = codec.PythonFloat(r.rate)
	}
	parameters := "model.parameters()"
	if r.groups != "" {
		parameters = r.groups
	}
	return codec.Call{Function: r.class, Arguments: append([]string{parameters, "lr=" + rate}, r.arguments...)}.String()
}

// rate writes the schedule; it is the expression of a step's rate.
func (c *TorchCode) rate(o Optimizer, rule *torchRule, epochSteps int) (string, error) {
	if o.Schedule == nil {
		return codec.PythonFloat(o.LearningRate), nil
	}
	if p, ok := o.Schedule.(PerEpoch); ok && p.Steps == epochSteps && p.First == 0 && !rule.velocity {
		if call, rate, ok := torchScheduler(p.Of); ok {
			rule.unit, rule.rate = true, rate
			c.Before = append(c.Before, "scheduler = "+call.String())
			c.Epoch = []string{"scheduler.step()"}
			return "optimizer.param_groups[0]['lr']", nil
		}
	}
	schedule, err := torchRate(o.Schedule, "step")
	if err != nil {
		return "", err
	}
	c.Math, rule.unit = strings.Contains(schedule, "math."), true
	rule.rate = 1
	if rule.velocity { // the rate of a gradient stays that of its own step
		c.Counts, rule.scaled = true, true
		c.Before = append(c.Before, "rate = lambda step: "+schedule)
		return "rate(step)", nil
	}
	c.Before = append(c.Before, "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: "+schedule+")")
	return "optimizer.param_groups[0]['lr']", nil
}

// torchMove is the number of an update, given that of a step.
func (o Optimizer) torchMove(step string) string {
	if o.Accumulate > 1 {
		return fmt.Sprintf("(step // %d + 1)", o.Accumulate)
	}
	return step
}

// collect puts the update where gradients are collected.
func (c *TorchCode) collect(o Optimizer, update []string) {
	if o.Accumulate < 2 {
		c.Start, c.Update = []string{"optimizer.zero_grad()"}, update
		return
	}
	c.Counts = true
	c.Start = []string{fmt.Sprintf("if step %% %d == 0:", o.Accumulate), "    optimizer.zero_grad()"}
	update = append(torchEach(fmt.Sprintf("p.grad /= %d", o.Accumulate)), update...)
	c.Update = append([]string{fmt.Sprintf("if step %% %d == %d:", o.Accumulate, o.Accumulate-1)}, torchIndented(update)...)
}

// average writes the moving average of the weights.
func (c *TorchCode) average(o Optimizer) []string {
	if o.EMAMomentum == 0 {
		return nil
	}
	c.Before = append(c.Before, "average = torch.optim.swa_utils.AveragedModel(",
		"    model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn("+codec.PythonFloat(o.EMAMomentum)+")", ")")
	take := torchWithout([]string{"for p, mean in zip(model.parameters(), average.module.parameters()):", "    p.copy_(mean)"})
	c.After = take
	update := []string{"average.update_parameters(model)"}
	if o.EMAOverwrite > 0 {
		c.Counts = true
		update = append(update, fmt.Sprintf("if %s %% %d == 0:", o.torchMove("(step + 1)"), o.EMAOverwrite))
		update = append(update, torchIndented(take)...)
	}
	return update
}

// torchEach is a statement about each parameter p that has a gradient.
func torchEach(statement string) []string {
	return []string{"for p in model.parameters():", "    if p.grad is not None:", "        " + statement}
}

// torchWithout are statements that gradients don't follow.
func torchWithout(statements []string) []string {
	return append([]string{"with torch.no_grad():"}, torchIndented(statements)...)
}

func torchIndented(lines []string) []string {
	indented := make([]string, len(lines))
	for i, line := range lines {
		indented[i] = "    " + line
	}
	return indented
}

func torchBetas(beta1, beta2 float64) []string {
	if beta1 == 0.9 && beta2 == 0.999 {
		return nil
	}
	return []string{fmt.Sprintf("betas=(%s, %s)", codec.PythonFloat(beta1), codec.PythonFloat(beta2))}
}

// torchSmall is up to what size it doesn't matter whether an ε is added ahead of a correction or behind.
const torchSmall = 1e-6
