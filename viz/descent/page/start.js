// The page begins with the surface, the start and the optimisers that it was made with.
build();
take(content.surface);
