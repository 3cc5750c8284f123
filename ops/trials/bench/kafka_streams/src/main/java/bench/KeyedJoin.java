package bench;

import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Listings as a table in RocksDB with its changelog, joined with complaints by key: one output a
 * complaint, exactly once, one thread. Arguments: Kafka's and the registry's addresses, application
 * id, state directory, commit interval in milliseconds, output topic.
 */
public final class KeyedJoin {
    private static final Schema JOINED = SchemaBuilder.record("Joined").namespace("bench").fields()
            .requiredString("complaint_id")
            .requiredString("listing_id")
            .requiredString("ground")
            .optionalString("seller_id")
            .optionalString("title")
            .endRecord();
    private static final int JOINED_ID = Integer.MAX_VALUE;

    private KeyedJoin() {}

    public static void main(String[] arguments) throws InterruptedException {
        Properties settings = new Properties();
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, arguments[2]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, arguments[4]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");

        RegistrySerde records = new RegistrySerde(arguments[1]);
        records.add(JOINED_ID, JOINED);
        KafkaStreams streams = new KafkaStreams(topology(records, arguments[5]).build(), settings);
        CountDownLatch ended = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            ended.countDown();
        }));
        streams.start();
        ended.await();
    }

    private static StreamsBuilder topology(RegistrySerde records, String output) {
        StreamsBuilder builder = new StreamsBuilder();
        KTable<Bytes, GenericRecord> listings = builder.table(
                "ip.listings.events",
                Consumed.with(Serdes.Bytes(), records),
                Materialized.with(Serdes.Bytes(), records));
        builder.stream("ip.complaints.events", Consumed.with(Serdes.Bytes(), records))
                .leftJoin(listings, KeyedJoin::join, Joined.with(Serdes.Bytes(), records, records))
                .to(output, Produced.with(Serdes.Bytes(), records));
        return builder;
    }

    private static GenericRecord join(GenericRecord complaint, GenericRecord listing) {
        GenericRecord joined = new GenericData.Record(JOINED);
        joined.put("complaint_id", complaint.get("complaint_id"));
        joined.put("listing_id", complaint.get("listing_id"));
        joined.put("ground", complaint.get("ground").toString());
        joined.put("seller_id", listing == null ? null : listing.get("seller_id"));
        joined.put("title", listing == null ? null : listing.get("title"));
        return joined;
    }
}
