package bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Avro records behind a magic byte and a schema id, with schemas as the registry has them. */
final class RegistrySerde implements Serde<GenericRecord> {
    private static final int PREFIX_BYTES = 5;

    private record Known(
            int id, GenericDatumReader<GenericRecord> reader, GenericDatumWriter<GenericRecord> writer) {}

    private final String address;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, Known> byId = new HashMap<>();
    private final Map<Schema, Known> bySchema = new HashMap<>();
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    RegistrySerde(String address) {
        this.address = address;
    }

    /** Register no schema, but use this one under an id of its own. */
    void add(int id, Schema schema) {
        Known known = new Known(id, new GenericDatumReader<>(schema), new GenericDatumWriter<>(schema));
        byId.put(id, known);
        bySchema.put(schema, known);
    }

    @Override
    public Serializer<GenericRecord> serializer() {
        return (topic, record) -> record == null ? null : encode(record);
    }

    @Override
    public Deserializer<GenericRecord> deserializer() {
        return (topic, bytes) -> bytes == null ? null : decode(bytes);
    }

    private byte[] encode(GenericRecord record) {
        Known known = bySchema.get(record.getSchema());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try {
            bytes.write(ByteBuffer.allocate(PREFIX_BYTES).put((byte) 0).putInt(known.id()).array());
            encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
            known.writer().write(record, encoder);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
        return bytes.toByteArray();
    }

    private GenericRecord decode(byte[] bytes) {
        int id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
        if (!byId.containsKey(id)) {
            add(id, fetch(id));
        }
        decoder = DecoderFactory.get()
                .binaryDecoder(bytes, PREFIX_BYTES, bytes.length - PREFIX_BYTES, decoder);
        try {
            return byId.get(id).reader().read(null, decoder);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private Schema fetch(int id) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/schemas/ids/" + id)).build();
        try {
            String body = client.send(request, BodyHandlers.ofString()).body();
            return new Schema.Parser().parse(new ObjectMapper().readTree(body).get("schema").asText());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        } catch (InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }
}
