package optim

// Schedule gives the learning rate of each step; steps count from 0 over the whole training.
type Schedule interface {
	At(step int) float64
}
