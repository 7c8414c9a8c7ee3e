// Package explore finds settings by trying them: [RangeTest] raises the learning rate from step to step and
// watches the loss, [FindRate] confirms its suggestion by a few trainings, [Search] trains a grid or a random
// sample of a [Space] in parallel, and [Paired] tells whether two settings differ by more than their seeds.
//
// What is tried are changes of a [training.Training]; a [Run] says how they are run. Trainings that differ in learning rate, seed
// or clip value share one compiled program, so that trying another one costs its training and nothing else.
package explore
