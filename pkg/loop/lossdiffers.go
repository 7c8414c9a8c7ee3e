package loop

func lossDiffers(r *Recording, all *replays) *Finding { return nil }
