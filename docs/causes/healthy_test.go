package causes_test

import "example.com/unstuck/pkg/doctor"

func nothing(c doctor.Case) doctor.Case { return c }
