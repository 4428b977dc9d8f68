#pragma once
#include <openslide.h>
