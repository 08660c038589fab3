Console.WriteLine("almagest");
