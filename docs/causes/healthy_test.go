package causes_test

import (
	"example.com/unstuck/pkg/training"
)

func nothing(c training.Training) training.Training { return c }
