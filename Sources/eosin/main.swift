print("eosin")
